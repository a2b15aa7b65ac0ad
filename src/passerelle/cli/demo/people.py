"""The people and words of the demo's organisation, in three languages."""

from __future__ import annotations

from msgspec import Struct


class Employee(Struct, frozen=True):
    """A user of the demo."""

    login: str
    first_name: str
    last_name: str
    locale: str
    zone: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """The address in the demo's domain."""
        return f"{self.login}@passerelle.example"


EMPLOYEES = (
    Employee("anna", "Anna", "Weber", "de", "Europe/Berlin"),
    Employee("benoit", "Benoît", "Lefèvre", "fr", "Europe/Paris"),
    Employee("charlotte", "Charlotte", "Hughes", "en", "Europe/London"),
    Employee("daniel", "Daniel", "Müller", "de", "Europe/Zurich"),
    Employee("elodie", "Élodie", "Garçon", "fr", "Europe/Paris"),
    Employee("finn", "Finn", "O’Brien", "en", "America/New_York"),
)

GROUPS = {"sales": ("anna", "benoit", "finn"), "development": ("charlotte", "daniel", "elodie")}
ROOM = ("Room Seine", "room.seine@passerelle.example")

FIRST_NAMES = [
    "Amélie",
    "Bastien",
    "Camille",
    "Cédric",
    "Chloé",
    "Émile",
    "Hélène",
    "Jérôme",
    "Léa",
    "Maëlle",
    "Noël",
    "Océane",
    "René",
    "Thérèse",
    "Zoé",
    "Alice",
    "Charlie",
    "Emily",
    "George",
    "Grace",
    "Harry",
    "Isla",
    "Jack",
    "Oliver",
    "Poppy",
    "Rosie",
    "Thomas",
    "William",
    "Zara",
    "Björn",
    "Dörte",
    "Friedrich",
    "Greta",
    "Günther",
    "Heike",
    "Jürgen",
    "Käthe",
    "Lukas",
    "Mia",
    "Sören",
    "Ursula",
    "Wolfgang",
]
LAST_NAMES = [
    "Baudouin",
    "Chevalier",
    "Deschênes",
    "Dupré",
    "Fournier",
    "Géraud",
    "Lacroix",
    "Lemaître",
    "Moreau",
    "Noël",
    "Rousseau",
    "Véron",
    "Ashworth",
    "Blackwood",
    "Carter",
    "Davies",
    "Fletcher",
    "Hartley",
    "Kensington",
    "Lloyd",
    "Murphy",
    "Pemberton",
    "Whitfield",
    "Böhm",
    "Dürr",
    "Fischer",
    "Größer",
    "Hübner",
    "Jäger",
    "Köhler",
    "Löwe",
    "Neumann",
    "Schäfer",
    "Schröder",
    "Vögel",
    "Weiß",
]
COMPANIES = (
    "Ateliers du Lac", "Boulangerie Clément", "Fonderie de l’Ouest", "Imprimerie Saint-Rémy",
    "Harbour & Sons", "Northwind Cycles", "Thornbury Tea", "Wessex Instruments",
    "Bergbahn Süd", "Gärtnerei Sonnenschein", "Küstenwerft", "Uhrenfabrik Zürich",
)  # fmt: skip
CITIES = (
    ("Lyon", "69002", "France"), ("Nîmes", "30000", "France"), ("Besançon", "25000", "France"),
    ("Bristol", "BS1 4DJ", "United Kingdom"), ("Leeds", "LS1 5HB", "United Kingdom"),
    ("Köln", "50667", "Deutschland"), ("Tübingen", "72070", "Deutschland"), ("Zürich", "8001", "Schweiz"),
)  # fmt: skip
STREETS = (
    "rue de la Gare",
    "avenue des Tilleuls",
    "High Street",
    "Mill Lane",
    "Bahnhofstraße",
    "Lindenallee",
)
POSITIONS = (
    "Directrice",
    "Acheteur",
    "Buyer",
    "Head of Sales",
    "Geschäftsführerin",
    "Einkäufer",
    "Architect",
)
MEETINGS = {
    "de": (
        "Angebot besprechen",
        "Mittagessen mit Kunden",
        "Rückblick",
        "Zahnarzt",
        "Vorstellungsgespräch",
        "Messe",
    ),
    "fr": (
        "Déjeuner client",
        "Revue de contrat",
        "Rendez-vous médecin",
        "Entretien d’embauche",
        "Point budgétaire",
    ),
    "en": (
        "Customer visit",
        "Budget review",
        "Dentist",
        "Job interview",
        "Product demo",
        "Quarterly figures",
    ),
}
TASKS = {
    "de": ("Reisekosten abrechnen", "Protokoll schreiben", "Angebot nachfassen", "Schlüssel zurückgeben"),
    "fr": ("Préparer le devis", "Relancer le client", "Réserver le train", "Mettre à jour l’annuaire"),
    "en": ("Write the minutes", "Book the train", "Renew the passport", "Order paper"),
}
SERIES = {
    "de": ("Jour fixe", "Monatsabschluss", "Geburtstag der Firma"),
    "fr": ("Réunion d’équipe", "Clôture mensuelle", "Anniversaire de la société"),
    "en": ("Team meeting", "Month end", "Company birthday"),
}
CATEGORIES = ("Important", "Client", "Privé", "Reise", "Project")
