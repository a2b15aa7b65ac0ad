"""The fields of contacts and distribution lists (manual, appendix B; OX reference, section 13)."""

from __future__ import annotations

from passerelle.model.fields.field import NOTE, Field, FieldType, Kind, Table

_row = Table(Kind.CONTACT).row
_NOT_SYNCHRONISED = "not synchronised"

# fmt: off
_MANUAL: tuple[Field, ...] = (
    # The manual names these six only in its section 1.2.
    _row("file_as", "file_as", "X-FILE-AS", row="1.2", outlook="General: File as",
         ox="Business: Display name", mapi="PidLidFileUnder 0x8005", manual="implied"),
    _row("display_name", "displayname", "FN", row="1.2", outlook="General: File as",
         ox="Business: Display name", mapi="PidTagDisplayName 0x3001", manual="implied"),
    _row("photo", "image_content_type", "PHOTO", row="1.2", outlook="General: Photo", ox="Business: Picture",
         mapi="PidLidHasPicture 0x8015", type=FieldType.PICTURE),
    _row("photo", "image1", "PHOTO", row="1.2", outlook="General: Photo", ox="Business: Picture",
         mapi="attachment", type=FieldType.PICTURE),
    _row("members", "distributionlist", "KIND:group + MEMBER", row="1.2",
         outlook=": Distribution list members", ox=": Distribution list",
         mapi="PidLidDistributionListMembers 0x8055", type=FieldType.PEOPLE),
    _row("", "distributionlist_flag", "KIND:group", row="1.2", outlook=": Distribution list members",
         ox=": Distribution list", type=FieldType.YES_NO, accepted=False),
    _row("prefix", "title", "N (honorific prefixes)", row="1", outlook="General: Full name | Title",
         ox="Business: Title", mapi="PidTagDisplayNamePrefix 0x3A45"),
    _row("first_name", "first_name", "N (given)", row="2", outlook="General: Full name | First",
         ox="Business: First name", mapi="PidTagGivenName 0x3A06"),
    _row("middle_name", "second_name", "N (additional)", row="3", outlook="General: Full name | Middle",
         ox="Business: Middle name", mapi="PidTagMiddleName 0x3A44"),
    _row("last_name", "last_name", "N (family)", row="4", outlook="General: Full name | Last",
         ox="Business: Last name", mapi="PidTagSurname 0x3A11"),
    _row("suffix", "suffix", "N (honorific suffixes)", row="5", outlook="General: Full name | Suffix",
         ox="Business: Suffix", mapi="PidTagGeneration 0x3A05"),
    _row("job_title", "position", "TITLE", row="6", outlook="General: Job title", ox="Business: Position",
         mapi="PidTagTitle 0x3A17"),
    _row("company", "company", "ORG (1st)", row="7", outlook="General: Company", ox="Business: Company",
         mapi="PidTagCompanyName 0x3A16"),
    _row("phone_business", "phone_business", "TEL;TYPE=work,voice", row="8",
         outlook="General: Phone | Business", ox="Business: Phone (business)",
         mapi="PidTagBusinessTelephoneNumber 0x3A08"),
    _row("phone_home", "phone_home", "TEL;TYPE=home,voice", row="9", outlook="General: Phone | Home",
         ox="Private: Phone (home)", mapi="PidTagHomeTelephoneNumber 0x3A09"),
    _row("fax_business", "fax_business", "TEL;TYPE=work,fax", row="10",
         outlook="General: Phone | Business fax", ox="Business: Fax (business)",
         mapi="PidTagBusinessFaxNumber 0x3A24"),
    _row("mobile", "mobile1", "TEL;TYPE=cell", row="11", outlook="General: Phone | Mobile",
         ox="Business: Mobile", mapi="PidTagMobileTelephoneNumber 0x3A1C"),
    _row("phone_assistant", "phone_assistant", "X-ABLabel/X-ASSISTANT-PHONE", row="12",
         outlook="General: Phone | Assistant", mapi="PidTagAssistantTelephoneNumber 0x3A2E",
         manual=_NOT_SYNCHRONISED),
    _row("phone_business2", "phone_business2", "TEL;TYPE=work,voice (2nd)", row="13",
         outlook="General: Phone | Business 2", ox="Business: Phone (business 2)",
         mapi="PidTagBusiness2TelephoneNumber 0x3A1B"),
    _row("phone_callback", "callback", "X-MS-TEL;TYPE=callback", row="14",
         outlook="General: Phone | Callback", mapi="PidTagCallbackTelephoneNumber 0x3A02",
         manual=_NOT_SYNCHRONISED),
    _row("phone_car", "phone_car", "TEL;TYPE=car", row="15", outlook="General: Phone | Car",
         ox="Additional: Phone (car)", mapi="PidTagCarTelephoneNumber 0x3A1E"),
    _row("phone_company", "phone_company", "X-MS-TEL;TYPE=company", row="16",
         outlook="General: Phone | Company", ox="Business: Phone (company)",
         mapi="PidTagCompanyMainTelephoneNumber 0x3A57"),
    _row("phone_home2", "phone_home2", "TEL;TYPE=home,voice (2nd)", row="17",
         outlook="General: Phone | Home 2", ox="Private: Phone (home 2)",
         mapi="PidTagHome2TelephoneNumber 0x3A2F"),
    _row("fax_home", "fax_home", "TEL;TYPE=home,fax", row="18", outlook="General: Phone | Home fax",
         ox="Private: Fax (home)", mapi="PidTagHomeFaxNumber 0x3A25"),
    _row("isdn", "isdn", "TEL;TYPE=isdn", row="19", outlook="General: Phone | ISDN",
         mapi="PidTagIsdnNumber 0x3A2D", manual=_NOT_SYNCHRONISED),
    _row("phone_radio", "radio", "X-MS-TEL;TYPE=radio", row="20",
         outlook="General: Phone | Radio / second mobile", mapi="PidTagRadioTelephoneNumber 0x3A1D",
         manual=_NOT_SYNCHRONISED),
    _row("phone_other", "phone_other", "TEL;TYPE=voice", row="21", outlook="General: Phone | Other",
         ox="Additional: Phone (other)", mapi="PidTagOtherTelephoneNumber 0x3A1F"),
    _row("fax_other", "fax_other", "TEL;TYPE=fax", row="22", outlook="General: Phone | Other fax",
         ox="Additional: Fax (other)", mapi="PidTagPrimaryFaxNumber 0x3A23"),
    _row("pager", "pager", "TEL;TYPE=pager", row="23", outlook="General: Phone | Pager", ox="Private: Pager",
         mapi="PidTagPagerTelephoneNumber 0x3A21"),
    _row("phone_primary", "primary", "TEL;TYPE=pref", row="24", outlook="General: Phone | Primary",
         mapi="PidTagPrimaryTelephoneNumber 0x3A1A", manual=_NOT_SYNCHRONISED),
    _row("telex", "telex", "X-MS-TEL;TYPE=telex", row="25", outlook="General: Phone | Telex",
         ox="Additional: Telex", mapi="PidTagTelexNumber 0x3A2C"),
    _row("tty_tdd", "tty_tdd", "TEL;TYPE=textphone", row="26", outlook="General: Phone | TTY/TDD",
         ox="Additional: TTY/TDD", mapi="PidTagTelecommunicationsDeviceForDeafTelephoneNumber 0x3A4B"),
    _row("business_street", "business_street", "ADR;TYPE=work", row="27",
         outlook="General: Addresses | Business | Street", ox="Business: Street",
         mapi="PidLidWorkAddressStreet 0x8045"),
    _row("business_postal_code", "business_postal_code", "ADR;TYPE=work", row="28",
         outlook="General: Addresses | Business | Postal code", ox="Business: Postal code",
         mapi="PidLidWorkAddressPostalCode 0x8048"),
    _row("business_city", "business_city", "ADR;TYPE=work", row="29",
         outlook="General: Addresses | Business | City", ox="Business: City",
         mapi="PidLidWorkAddressCity 0x8046"),
    _row("business_state", "business_state", "ADR;TYPE=work", row="30",
         outlook="General: Addresses | Business | State", ox="Business: State",
         mapi="PidLidWorkAddressState 0x8047"),
    _row("business_country", "business_country", "ADR;TYPE=work", row="31",
         outlook="General: Addresses | Business | Country", ox="Business: Country",
         mapi="PidLidWorkAddressCountry 0x8049"),
    _row("home_street", "street", "ADR;TYPE=home", row="32", outlook="General: Addresses | Home | Street",
         ox="Private: Street", mapi="PidTagHomeAddressStreet 0x3A5D"),
    _row("home_postal_code", "postal_code", "ADR;TYPE=home", row="33",
         outlook="General: Addresses | Home | Postal code", ox="Private: Postal code",
         mapi="PidTagHomeAddressPostalCode 0x3A5B"),
    _row("home_city", "city", "ADR;TYPE=home", row="34", outlook="General: Addresses | Home | City",
         ox="Private: City", mapi="PidTagHomeAddressCity 0x3A59"),
    _row("home_state", "state", "ADR;TYPE=home", row="35", outlook="General: Addresses | Home | State",
         ox="Private: State", mapi="PidTagHomeAddressStateOrProvince 0x3A5C"),
    _row("home_country", "country", "ADR;TYPE=home", row="36", outlook="General: Addresses | Home | Country",
         ox="Private: Country", mapi="PidTagHomeAddressCountry 0x3A5A"),
    _row("other_street", "second_street", "ADR", row="37", outlook="General: Addresses | Other | Street",
         ox="Additional: Street (other)", mapi="PidTagOtherAddressStreet 0x3A63"),
    _row("other_postal_code", "second_postal_code", "ADR", row="38",
         outlook="General: Addresses | Other | Postal code", ox="Additional: Postal code (other)",
         mapi="PidTagOtherAddressPostalCode 0x3A61"),
    _row("other_city", "second_city", "ADR", row="39", outlook="General: Addresses | Other | City",
         ox="Additional: City (other)", mapi="PidTagOtherAddressCity 0x3A5F"),
    _row("other_state", "second_state", "ADR", row="40", outlook="General: Addresses | Other | State",
         ox="Additional: State (other)", mapi="PidTagOtherAddressStateOrProvince 0x3A62"),
    _row("other_country", "second_country", "ADR", row="41", outlook="General: Addresses | Other | Country",
         ox="Additional: Country (other)", mapi="PidTagOtherAddressCountry 0x3A60"),
    _row("email1", "email1", "EMAIL (1st)", row="42", outlook="General: E-mail",
         ox="Business: E-mail (business)", mapi="PidLidEmail1EmailAddress 0x8083"),
    _row("email2", "email2", "EMAIL (2nd)", row="43", outlook="General: E-mail 2",
         ox="Private: E-mail (home)", mapi="PidLidEmail2EmailAddress 0x8093"),
    _row("email3", "email3", "EMAIL (3rd)", row="44", outlook="General: E-mail 3",
         ox="Additional: E-mail (other)", mapi="PidLidEmail3EmailAddress 0x80A3"),
    _row("url", "url", "URL", row="45", outlook="General: Web page", ox="Business: URL",
         mapi="PidTagBusinessHomePage 0x3A51"),
    _row("instant_messenger", "instant_messenger", "IMPP", row="46", outlook="General: IM address",
         ox="Business: IM (business)", mapi="PidLidInstantMessagingAddress 0x8062"),
    _row("note", "note", "NOTE", max_length=NOTE, row="47", outlook="General: Notes field", ox="Private: Comments",
         mapi="PidTagBody + PidTagHtml + PidTagRtfCompressed 0x1000 0x1013 0x1009"),
    _row("", "attachments", "ATTACH", row="48", outlook="General: Files in the notes field",
         ox="Attachments: Attachments", mapi="PidTagMessageAttachments 0x0E13", type=FieldType.FILES),
    _row("categories", "categories", "CATEGORIES", row="49", outlook="General: Categories",
         ox="Business: Tags", mapi="PidNameKeywords Keywords", type=FieldType.WORDS),
    _row("private", "private_flag", "CLASS", row="50", outlook="General: Private", ox="Business: Type",
         mapi="PidLidPrivate + PidTagSensitivity 0x8506 0x0036", type=FieldType.YES_NO),
    _row("department", "department", "ORG (2nd)", row="51", outlook="Details: Department",
         ox="Business: Department", mapi="PidTagDepartmentName 0x3A18"),
    _row("office", "room_number", "X-MS-OFFICE / ADR extended", row="52", outlook="Details: Office",
         ox="Business: Room number", mapi="PidTagOfficeLocation 0x3A19"),
    _row("profession", "profession", "ROLE", row="53", outlook="Details: Profession",
         ox="Private: Profession", mapi="PidTagProfession 0x3A46"),
    _row("manager", "managers_name", "X-MANAGER", row="54", outlook="Details: Manager",
         ox="Additional: Manager", mapi="PidTagManagerName 0x3A4E"),
    _row("assistant", "assistants_name", "X-ASSISTANT", row="55", outlook="Details: Assistant",
         ox="Additional: Assistant", mapi="PidTagAssistant 0x3A30"),
    _row("nickname", "nickname", "NICKNAME", row="56", outlook="Details: Nickname", ox="Private: Nickname",
         mapi="PidTagNickname 0x3A4F"),
    _row("spouse", "spouse_name", "X-SPOUSE", row="57", outlook="Details: Spouse",
         ox="Additional: Spouse's name", mapi="PidTagSpouseName 0x3A48"),
    _row("birthday", "birthday", "BDAY", row="58", outlook="Details: Birthday", ox="Private: Date of birth",
         mapi="PidTagBirthday 0x3A42", type=FieldType.DATE),
    _row("anniversary", "anniversary", "ANNIVERSARY", row="59", outlook="Details: Anniversary",
         ox="Private: Anniversary", mapi="PidTagWeddingAnniversary 0x3A41", type=FieldType.DATE),
)

_FURTHER: tuple[Field, ...] = (
    _row("uid", "", "UID"),
    _row("note_html", "", "", max_length=NOTE, mapi="PidTagHtml 0x1013"),
    _row("color_label", "color_label", "", type=FieldType.NUMBER, answered=False),
    _row("default_address", "defaultaddress", "ADR;TYPE=pref", outlook="General: Addresses | Mailing address",
         mapi="PidLidPostalAddressId 0x8022", type=FieldType.NUMBER),
    _row("marital_status", "martital_status", "", ox="Private: Marital status"),
    _row("number_of_children", "number_of_children", "", ox="Private: Children",
         mapi="PidTagChildrensNames 0x3A58"),
    _row("employee_type", "employee_type", "", ox="Business: Employee type"),
    _row("number_of_employees", "number_of_employee", "", ox="Business: Employees"),
    _row("sales_volume", "sales_volume", "", ox="Business: Sales volume"),
    _row("tax_id", "tax_id", "", ox="Business: Tax number"),
    _row("commercial_register", "commercial_register", "", ox="Business: Commercial register"),
    _row("branches", "branches", "", ox="Business: Branches"),
    _row("business_category", "business_category", "", ox="Business: Business category"),
    _row("more_info", "more_info", "", ox="Additional: More information"),
    _row("mobile2", "mobile2", "TEL;TYPE=cell (2nd)", ox="Private: Mobile (2)"),
    _row("ip_phone", "ip_phone", "TEL;TYPE=voip", ox="Additional: IP phone"),
    _row("instant_messenger2", "instant_messenger2", "IMPP (2nd)", ox="Private: IM (home)"),
    *(_row("user_fields", f"userfield{number:02}", "", ox=f"Additional: Optional field {number:02}",
           direct=False) for number in range(1, 21)),
)

CONTACT_FIELDS = (*_MANUAL, *_FURTHER)
"""The rows of the manual in its order, then what OX and the model have besides."""
# fmt: on

_ORDER = """
attachments categories private_flag color_label
last_name first_name second_name title suffix displayname nickname file_as
street postal_code city state country
business_street business_postal_code business_city business_state business_country
second_street second_postal_code second_city second_state second_country
defaultaddress
birthday anniversary martital_status number_of_children spouse_name profession
company department position employee_type room_number managers_name assistants_name number_of_employee
sales_volume tax_id commercial_register branches business_category more_info
phone_business phone_business2 phone_home phone_home2 phone_other phone_car phone_company phone_assistant
mobile1 mobile2 pager isdn radio telex tty_tdd ip_phone callback primary
fax_business fax_home fax_other
email1 email2 email3 url instant_messenger instant_messenger2
userfield01 userfield02 userfield03 userfield04 userfield05 userfield06 userfield07 userfield08 userfield09
userfield10 userfield11 userfield12 userfield13 userfield14 userfield15 userfield16 userfield17 userfield18
userfield19 userfield20
note image_content_type image1 distributionlist_flag distributionlist
""".split()  # noqa: SIM905 - ninety quoted words would hide the groups of the reference

_BY_ELEMENT = {field.ox_element: field for field in CONTACT_FIELDS if field.ox_element}

CONTACT_ORDER = tuple(_BY_ELEMENT[element] for element in _ORDER)
"""The contact fields that OX has, in the order of OX reference, section 13."""
