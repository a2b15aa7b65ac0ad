// Drives Akonadi for the interoperability tests. One command a line arrives on standard input, one answer a line
// leaves on standard output, both as JSON objects:
//
//   {"command": "tree", "resource": "akonadi_openxchange_resource_0"}
//   {"result": {...}}        or        {"error": "what went wrong"}
//
// Commands that change something return once the resource has got the server's answer and stored it, or after
// "patience" milliseconds; "acknowledged" tells which. The program ends when its standard input is closed.

#include <Akonadi/AgentManager>
#include <Akonadi/Collection>
#include <Akonadi/CollectionCreateJob>
#include <Akonadi/CollectionDeleteJob>
#include <Akonadi/CollectionFetchJob>
#include <Akonadi/CollectionFetchScope>
#include <Akonadi/CollectionMoveJob>
#include <Akonadi/EntityDisplayAttribute>
#include <Akonadi/Item>
#include <Akonadi/ItemCreateJob>
#include <Akonadi/ItemDeleteJob>
#include <Akonadi/ItemFetchJob>
#include <Akonadi/ItemFetchScope>
#include <Akonadi/ItemModifyJob>
#include <Akonadi/ItemMoveJob>
#include <Akonadi/ResourceSynchronizationJob>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>

#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>

using namespace Akonadi;

namespace {

constexpr int pollInterval = 25; // milliseconds

[[noreturn]] void fail(const QString &reason) { throw std::runtime_error(reason.toStdString()); }

// Runs a job to its end. The job deletes itself as soon as the event loop runs again: read its result at once.
template<typename Job> Job *run(Job *job)
{
    if (!job->exec())
        fail(QStringLiteral("%1: %2").arg(QString::fromLatin1(job->metaObject()->className()), job->errorString()));
    return job;
}

// Lets events pass until the condition holds; false if it does not within so many milliseconds.
bool waitUntil(const std::function<bool()> &condition, int patience)
{
    QElapsedTimer clock;
    clock.start();
    while (!condition()) {
        if (clock.elapsed() > patience)
            return false;
        QEventLoop loop;
        QTimer::singleShot(pollInterval, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

// -- reading the request

qint64 idIn(const QJsonObject &request, const char *key)
{
    const QJsonValue value = request.value(QLatin1String(key));
    if (!value.isDouble())
        fail(QStringLiteral("the request lacks the number \"%1\"").arg(QLatin1String(key)));
    return static_cast<qint64>(value.toDouble());
}

QString textIn(const QJsonObject &request, const char *key)
{
    const QJsonValue value = request.value(QLatin1String(key));
    if (!value.isString())
        fail(QStringLiteral("the request lacks the text \"%1\"").arg(QLatin1String(key)));
    return value.toString();
}

int patienceIn(const QJsonObject &request) { return request.value(QLatin1String("patience")).toInt(10000); }

// -- reading Akonadi

// The item as Akonadi has it now; with its payload, or only with what identifies it.
Item itemNow(Item::Id id, bool payload)
{
    auto *job = new ItemFetchJob(Item(id));
    job->fetchScope().fetchFullPayload(payload);
    job->fetchScope().setAncestorRetrieval(ItemFetchScope::Parent);
    const Item::List items = run(job)->items();
    if (items.isEmpty())
        fail(QStringLiteral("Akonadi has no item %1").arg(id));
    return items.constFirst();
}

Collection folderNow(Collection::Id id)
{
    const Collection::List folders = run(new CollectionFetchJob(Collection(id), CollectionFetchJob::Base))->collections();
    if (folders.isEmpty())
        fail(QStringLiteral("Akonadi has no folder %1").arg(id));
    return folders.constFirst();
}

Item::List itemsOf(const Collection &folder)
{
    auto *job = new ItemFetchJob(folder);
    job->fetchScope().fetchFullPayload(true);
    job->fetchScope().setAncestorRetrieval(ItemFetchScope::Parent);
    return run(job)->items();
}

Collection::List foldersOf(const QString &resource)
{
    auto *job = new CollectionFetchJob(Collection::root(), CollectionFetchJob::Recursive);
    job->fetchScope().setResource(resource);
    job->fetchScope().setListFilter(CollectionFetchScope::NoFilter);
    return run(job)->collections();
}

// -- writing the answer

QJsonObject asJson(const Item &item)
{
    return {{QStringLiteral("id"), item.id()},
            {QStringLiteral("remote_id"), item.remoteId()},
            {QStringLiteral("remote_revision"), item.remoteRevision()},
            {QStringLiteral("mime"), item.mimeType()},
            {QStringLiteral("folder"), item.parentCollection().id()},
            {QStringLiteral("payload"), QString::fromUtf8(item.payloadData())}};
}

// What a user sees: the resource makes the names of its folders unique and keeps their titles in an attribute.
QString titleOf(const Collection &folder)
{
    const auto *display = folder.attribute<EntityDisplayAttribute>();
    return display && !display->displayName().isEmpty() ? display->displayName() : folder.name();
}

QJsonObject asJson(const Collection &folder)
{
    return {{QStringLiteral("id"), folder.id()},
            {QStringLiteral("parent"), folder.parentCollection().id()},
            {QStringLiteral("remote_id"), folder.remoteId()},
            {QStringLiteral("remote_revision"), folder.remoteRevision()},
            {QStringLiteral("title"), titleOf(folder)},
            {QStringLiteral("rights"), static_cast<int>(folder.rights())},
            {QStringLiteral("mimes"), QJsonArray::fromStringList(folder.contentMimeTypes())}};
}

QJsonObject itemAnswer(Item::Id id, bool acknowledged)
{
    return {{QStringLiteral("acknowledged"), acknowledged}, {QStringLiteral("item"), asJson(itemNow(id, true))}};
}

QJsonObject folderAnswer(Collection::Id id, bool acknowledged)
{
    return {{QStringLiteral("acknowledged"), acknowledged}, {QStringLiteral("folder"), asJson(folderNow(id))}};
}

// Waits for the revision that the server gave to the changed item, which the resource stores with it.
QJsonObject itemAnswerAfter(const Item &before, const QJsonObject &request)
{
    const auto changed = [&] { return itemNow(before.id(), false).remoteRevision() != before.remoteRevision(); };
    const bool acknowledged = waitUntil(changed, patienceIn(request));
    return itemAnswer(before.id(), acknowledged);
}

// -- the commands

QJsonObject tree(const QJsonObject &request)
{
    QJsonArray folders, items;
    for (const Collection &folder : foldersOf(textIn(request, "resource"))) {
        folders.append(asJson(folder));
        for (const Item &item : itemsOf(folder))
            items.append(asJson(item));
    }
    return {{QStringLiteral("folders"), folders}, {QStringLiteral("items"), items}};
}

QJsonObject synchronise(const QJsonObject &request)
{
    const AgentInstance resource = AgentManager::self()->instance(textIn(request, "resource"));
    if (!resource.isValid())
        fail(QStringLiteral("there is no such resource"));
    auto *job = new ResourceSynchronizationJob(resource);
    QTimer::singleShot(patienceIn(request), job, [job] { job->kill(KJob::EmitResult); });
    run(job);
    return {};
}

QJsonObject createItem(const QJsonObject &request)
{
    Item item(textIn(request, "mime"));
    item.setPayloadFromData(textIn(request, "payload").toUtf8());
    const Item::Id id = run(new ItemCreateJob(item, Collection(idIn(request, "folder"))))->item().id();
    const auto known = [&] { return !itemNow(id, false).remoteId().isEmpty(); };
    const bool acknowledged = waitUntil(known, patienceIn(request));
    return itemAnswer(id, acknowledged);
}

QJsonObject replaceItem(const QJsonObject &request)
{
    const Item before = itemNow(idIn(request, "item"), true);
    Item changed = before;
    changed.setPayloadFromData(textIn(request, "payload").toUtf8());
    run(new ItemModifyJob(changed));
    return itemAnswerAfter(before, request);
}

QJsonObject moveItem(const QJsonObject &request)
{
    const Item before = itemNow(idIn(request, "item"), false);
    run(new ItemMoveJob(before, Collection(idIn(request, "folder"))));
    return itemAnswerAfter(before, request);
}

// Akonadi forgets a deleted thing at once, so nothing shows here when the server has answered: ask the server.
QJsonObject deleteItem(const QJsonObject &request)
{
    run(new ItemDeleteJob(Item(idIn(request, "item"))));
    return {};
}

QJsonObject createFolder(const QJsonObject &request)
{
    Collection folder;
    folder.setName(textIn(request, "title"));
    folder.setParentCollection(Collection(idIn(request, "parent")));
    folder.setContentMimeTypes({Collection::mimeType()});
    const Collection::Id id = run(new CollectionCreateJob(folder))->collection().id();
    const auto known = [&] { return !folderNow(id).remoteId().isEmpty(); };
    const bool acknowledged = waitUntil(known, patienceIn(request));
    return folderAnswer(id, acknowledged);
}

QJsonObject moveFolder(const QJsonObject &request)
{
    const Collection before = folderNow(idIn(request, "folder"));
    run(new CollectionMoveJob(before, Collection(idIn(request, "parent"))));
    const auto changed = [&] { return folderNow(before.id()).remoteRevision() != before.remoteRevision(); };
    const bool acknowledged = waitUntil(changed, patienceIn(request));
    return folderAnswer(before.id(), acknowledged);
}

QJsonObject deleteFolder(const QJsonObject &request)
{
    run(new CollectionDeleteJob(Collection(idIn(request, "folder"))));
    return {};
}

using Command = QJsonObject (*)(const QJsonObject &);

Command commandNamed(const QString &name)
{
    static const QHash<QString, Command> commands{
        {QStringLiteral("tree"), tree},
        {QStringLiteral("synchronise"), synchronise},
        {QStringLiteral("create_item"), createItem},
        {QStringLiteral("replace_item"), replaceItem},
        {QStringLiteral("move_item"), moveItem},
        {QStringLiteral("delete_item"), deleteItem},
        {QStringLiteral("create_folder"), createFolder},
        {QStringLiteral("move_folder"), moveFolder},
        {QStringLiteral("delete_folder"), deleteFolder},
    };
    if (!commands.contains(name))
        fail(QStringLiteral("there is no command \"%1\"").arg(name));
    return commands.value(name);
}

QJsonObject answerTo(const std::string &line)
{
    try {
        const QJsonObject request = QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
        return {{QStringLiteral("result"), commandNamed(textIn(request, "command"))(request)}};
    } catch (const std::runtime_error &error) {
        return {{QStringLiteral("error"), QString::fromStdString(error.what())}};
    }
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    application.setApplicationName(QStringLiteral("passerelle_interop_helper"));
    for (std::string line; std::getline(std::cin, line);)
        std::cout << QJsonDocument(answerTo(line)).toJson(QJsonDocument::Compact).constData() << std::endl;
    return 0;
}
