// Preloaded into Debian's akonadi_openxchange_resource, whose file stays as it is. It replaces two functions of
// Qt, for two upstream mistakes that keep the resource from reaching any server (OX reference, section 19.1):
//
//  - the account's address is read as the name of a local file, so that its host is lost;
//  - answers are parsed without XML namespaces, so that <D:response> is not recognised as a response.

#include <QByteArray>
#include <QDomDocument>
#include <QString>
#include <QUrl>

#include <dlfcn.h>

namespace {

using FromLocalFile = QUrl (*)(const QString &);

// The function of Qt that ours hides. The name is the mangled form of QUrl::fromLocalFile(const QString &).
FromLocalFile hiddenFromLocalFile()
{
    static const auto function = reinterpret_cast<FromLocalFile>(dlsym(RTLD_NEXT, "_ZN4QUrl13fromLocalFileERK7QString"));
    return function;
}

// The scheme by which KDE's HTTP worker speaks WebDAV; empty for every address that is not one of the web.
QString davScheme(const QUrl &address)
{
    if (address.scheme() == QLatin1String("http"))
        return QStringLiteral("webdav");
    if (address.scheme() == QLatin1String("https"))
        return QStringLiteral("webdavs");
    return {};
}

} // namespace

QUrl QUrl::fromLocalFile(const QString &path)
{
    QUrl address(path, QUrl::StrictMode);
    const QString scheme = davScheme(address);
    if (scheme.isEmpty())
        return hiddenFromLocalFile()(path);
    address.setScheme(scheme);
    return address;
}

bool QDomDocument::setContent(const QByteArray &text, QString *message, int *line, int *column)
{
    return setContent(text, /* namespaceProcessing */ true, message, line, column);
}
