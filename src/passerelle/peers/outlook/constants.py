"""Outlook's enumerations, as Microsoft's reference of the object model has them, and the answers of COM.

Written down here, so that neither the adapter nor its tests need a type library, which only a machine with Outlook has.
The members keep Outlook's names, for people look for those; ``ol`` in front is what is cut.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class ItemType(IntEnum):
    """``OlItemType``: what a folder holds by default, and what ``Items.Add`` and ``CreateItem`` make."""

    MailItem = 0
    AppointmentItem = 1
    ContactItem = 2
    TaskItem = 3
    JournalItem = 4
    NoteItem = 5
    PostItem = 6
    DistributionListItem = 7


class ObjectClass(IntEnum):
    """``OlObjectClass``: the ``Class`` of an object, as far as we meet it."""

    Application = 0
    NameSpace = 1
    Folder = 2
    Recipient = 4
    Attachment = 5
    AddressEntry = 8
    Folders = 15
    Items = 16
    Recipients = 17
    Attachments = 18
    Appointment = 26
    RecurrencePattern = 28
    Exceptions = 29
    Exception_ = 30
    UserProperties = 38
    UserProperty = 39
    Contact = 40
    Mail = 43
    Note = 44
    Task = 48
    MeetingRequest = 53
    MeetingCancellation = 54
    MeetingResponseNegative = 55
    MeetingResponsePositive = 56
    MeetingResponseTentative = 57
    DistributionList = 69
    Store = 107
    Stores = 108
    PropertyAccessor = 112
    Table = 120
    Row = 121
    Columns = 150
    Category = 152
    Categories = 153
    Column = 154
    UserDefinedProperty = 171
    UserDefinedProperties = 172
    TimeZone = 174
    TimeZones = 175


class DefaultFolder(IntEnum):
    """``OlDefaultFolders``: what ``GetDefaultFolder`` takes."""

    DeletedItems = 3
    Outbox = 4
    SentMail = 5
    Inbox = 6
    Calendar = 9
    Contacts = 10
    Journal = 11
    Notes = 12
    Tasks = 13
    Drafts = 16


class BusyStatus(IntEnum):
    """``OlBusyStatus``: how an appointment's time counts for others."""

    Free = 0
    Tentative = 1
    Busy = 2
    OutOfOffice = 3
    WorkingElsewhere = 4


class MeetingStatus(IntEnum):
    """``OlMeetingStatus``: whether an appointment is a meeting, and whose."""

    NonMeeting = 0
    Meeting = 1
    MeetingReceived = 3
    MeetingCanceled = 5
    MeetingReceivedAndCanceled = 7


class ResponseStatus(IntEnum):
    """``OlResponseStatus``: what somebody answered to an invitation."""

    None_ = 0
    Organized = 1
    Tentative = 2
    Accepted = 3
    Declined = 4
    NotResponded = 5


class MeetingResponse(IntEnum):
    """``OlMeetingResponse``: what ``AppointmentItem.Respond`` takes."""

    Tentative = 2
    Accepted = 3
    Declined = 4


class TrackingStatus(IntEnum):
    """``OlTrackingStatus``: what became of a message to a recipient."""

    None_ = 0
    Delivered = 1
    NotDelivered = 2
    NotRead = 3
    RecallFailure = 4
    RecallSuccess = 5
    Read = 6
    Replied = 7


class MeetingRecipientType(IntEnum):
    """``OlMeetingRecipientType``: the ``Type`` of a meeting's recipient."""

    Organizer = 0
    Required = 1
    Optional = 2
    Resource = 3


class TaskRecipientType(IntEnum):
    """``OlTaskRecipientType``: the ``Type`` of a task's recipient."""

    Update = 2
    FinalStatus = 3


class RecurrenceType(IntEnum):
    """``OlRecurrenceType``: how a pattern repeats; there is no 4."""

    Daily = 0
    Weekly = 1
    Monthly = 2
    MonthNth = 3
    Yearly = 5
    YearNth = 6


class DaysOfWeek(IntFlag):
    """``OlDaysOfWeek``: a mask."""

    Sunday = 1
    Monday = 2
    Tuesday = 4
    Wednesday = 8
    Thursday = 16
    Friday = 32
    Saturday = 64


class RecurrenceState(IntEnum):
    """``OlRecurrenceState``: what an appointment is to a series."""

    NotRecurring = 0
    Master = 1
    Occurrence = 2
    Exception_ = 3


class Importance(IntEnum):
    """``OlImportance``."""

    Low = 0
    Normal = 1
    High = 2


class Sensitivity(IntEnum):
    """``OlSensitivity``."""

    Normal = 0
    Personal = 1
    Private = 2
    Confidential = 3


class TaskStatus(IntEnum):
    """``OlTaskStatus``."""

    NotStarted = 0
    InProgress = 1
    Complete = 2
    Waiting = 3
    Deferred = 4


class TaskOwnership(IntEnum):
    """``OlTaskOwnership``."""

    NewTask = 0
    DelegatedTask = 1
    OwnTask = 2


class TaskDelegationState(IntEnum):
    """``OlTaskDelegationState``."""

    NotDelegated = 0
    Unknown = 1
    Accepted = 2
    Declined = 3


class TaskResponse(IntEnum):
    """``OlTaskResponse``."""

    Simple = 0
    Assign = 1
    Accept = 2
    Decline = 3


class MailingAddress(IntEnum):
    """``OlMailingAddress``: which of a contact's three addresses is the one for letters."""

    None_ = 0
    Home = 1
    Business = 2
    Other = 3


class AttachmentType(IntEnum):
    """``OlAttachmentType``."""

    ByValue = 1
    ByReference = 4
    EmbeddedItem = 5
    Ole = 6


class InspectorClose(IntEnum):
    """``OlInspectorClose``: what becomes of changes when an item is closed."""

    Save = 0
    Discard = 1
    PromptForSave = 2


class UserPropertyType(IntEnum):
    """``OlUserPropertyType``, as far as we use it."""

    Text = 1
    Number = 3
    DateTime = 5
    YesNo = 6
    Keywords = 11
    Integer = 20


class CategoryColor(IntEnum):
    """``OlCategoryColor``: the colours of the master category list."""

    None_ = 0
    Red = 1
    Orange = 2
    Peach = 3
    Yellow = 4
    Green = 5
    Teal = 6
    Olive = 7
    Blue = 8
    Purple = 9
    Maroon = 10
    Steel = 11
    DarkSteel = 12
    Gray = 13
    DarkGray = 14
    Black = 15
    DarkRed = 16
    DarkOrange = 17
    DarkPeach = 18
    DarkYellow = 19
    DarkGreen = 20
    DarkTeal = 21
    DarkOlive = 22
    DarkBlue = 23
    DarkPurple = 24
    DarkMaroon = 25


class StoreType(IntEnum):
    """``OlStoreType``: what ``AddStoreEx`` makes."""

    Default = 1
    Unicode = 2
    Ansi = 3


class ExchangeStoreType(IntEnum):
    """``OlExchangeStoreType``: whether Exchange keeps a store, and whose."""

    PrimaryMailbox = 0
    Mailbox = 1
    PublicFolder = 2
    NotExchange = 3
    AdditionalMailbox = 4


class AddressEntryUserType(IntEnum):
    """``OlAddressEntryUserType``: which address book an entry is from."""

    ExchangeUser = 0
    ExchangeDistributionList = 1
    ExchangePublicFolder = 2
    ExchangeAgent = 3
    ExchangeOrganization = 4
    ExchangeRemoteUser = 5
    OutlookContact = 10
    OutlookDistributionList = 11
    Ldap = 20
    Smtp = 30
    Other = 40


class TableContents(IntEnum):
    """``OlTableContents``: what ``Folder.GetTable`` shows."""

    UserItems = 0
    HiddenItems = 1


class ComCode(IntEnum):
    """HRESULTs that decide what is done, as the signed numbers that pywin32 reports."""

    NOT_FOUND = -2147221233
    """``MAPI_E_NOT_FOUND`` 0x8004010F: no item or property of that name."""
    OBJECT_CHANGED = -2147221239
    """``MAPI_E_OBJECT_CHANGED`` 0x80040109: saved meanwhile by somebody else."""
    ACCESS_DENIED = -2147024891
    """``E_ACCESSDENIED`` 0x80070005: a folder that may not be written to."""
    FAILED = -2147467259
    """``E_FAIL`` 0x80004005."""
    INVALID_ARGUMENT = -2147024809
    """``E_INVALIDARG`` 0x80070057."""
    CALL_REJECTED = -2147418111
    """``RPC_E_CALL_REJECTED`` 0x80010001: Outlook shows a dialog; the call did not begin."""
    RETRY_LATER = -2147417846
    """``RPC_E_SERVERCALL_RETRYLATER`` 0x8001010A: as above."""
    SERVER_GONE = -2147023174
    """``RPC_S_SERVER_UNAVAILABLE`` 0x800706BA: Outlook has ended."""
    CALL_FAILED = -2147023170
    """``RPC_S_CALL_FAILED`` 0x800706BE: Outlook has ended during the call; whether it was carried out is not known."""
    DISCONNECTED = -2147417848
    """``RPC_E_DISCONNECTED`` 0x80010108: Outlook has ended."""
    NOT_INSTALLED = -2147221005
    """``CO_E_CLASSSTRING`` 0x800401F3: Windows knows no such program."""
    NOT_RUNNING = -2147221021
    """``MK_E_UNAVAILABLE`` 0x800401E3: no Outlook runs that could be attached to."""
    EXCEPTION = -2147352567
    """``DISP_E_EXCEPTION`` 0x80020009: the code that matters stands in ``excepinfo``."""
