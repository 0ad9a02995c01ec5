"""The exports that are known by their headers: which column of each fills which field, in English and French.

Declared once: a system has the headers that no other has together (`marks`, two of which must stand in a file), its
columns by field, and its words for won and lost. Of several headers of a field the first one there is fills it; `A|B`
takes the first that is not blank. `deleted`, `is_won`, `is_closed` and `active` say what becomes of a row.
`derived` are columns that follow from the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FLAGS = ("deleted", "is_won", "is_closed", "active", "entered", "probability", "foreign")


@dataclass(frozen=True, slots=True)
class System:
    """What the export of one system looks like."""

    key: str
    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    stages: Mapping[str, str] = field(default_factory=dict)
    derived: tuple[str, ...] = ()


PIPE = System(
    "pipe",
    "pipecli",
    ("id", "uid", "name"),
    {
        "id": ("uid",), "name": ("name",), "account": ("account",), "contact": ("contact",), "owner": ("owner",),
        "amount": ("amount",), "currency": ("currency",), "stage": ("stage",), "status": ("status",),
        "created": ("created_on",), "closed": ("closed_on",), "close_date": ("close_date",),
        "loss_reason": ("loss_reason",), "outcome_reason": ("outcome_reason",), "source": ("source",),
        "tags": ("tags",), "decision_maker": ("decision_maker",), "next_action": ("next_action",),
        "next_due": ("next_due",), "entered": ("stage_entered_on",), "probability": ("probability",),
        "foreign": ("external_id",),
    },
    derived=("id", "stage_name", "weighted", "overdue_days", "days_in_stage", "last_exchange_on", "stale"),
)  # fmt: skip

HUBSPOT = System(
    "hubspot",
    "HubSpot",
    ("Deal Name", "Deal Stage", "Deal owner", "Record ID", "Create Date", "Nom de la transaction",
     "Phase de la transaction", "Propriétaire de la transaction", "ID de fiche d'informations",
     "property_dealname", "property_createdate", "property_closedate", "deal_pipeline_stage_id"),
    {
        "id": ("Record ID", "ID de fiche d'informations", "deal_id"),
        "name": ("Deal Name", "Nom de la transaction", "property_dealname"),
        "account": ("Associated Company (Primary)", "Associated Company"),
        "contact": ("Associated Contact",),
        "owner": ("Deal owner", "Propriétaire de la transaction", "owner_id"),
        "amount": ("Amount", "Montant", "property_amount"),
        "currency": ("Currency", "Devise"),
        "stage": ("Deal Stage", "Phase de la transaction", "deal_pipeline_stage_id"),
        "created": ("Create Date", "Date de création", "property_createdate"),
        "close_date": ("Close Date", "Date de fermeture", "property_closedate"),
        "loss_reason": ("Closed lost reason", "property_closed_lost_reason"),
        "outcome_reason": ("Closed won reason",),
        "source": ("Original Traffic Source", "Record source"),
        "next_action": ("Next step",),
        "next_due": ("Next Activity Date",),
        "is_won": ("Is Closed Won",),
        "is_closed": ("Is Deal Closed?",),
        "deleted": ("is_deleted",),
    },
    {
        "Closed Won": "won", "Fermé gagné": "won", "Fermée gagnée": "won", "closedwon": "won",
        "Closed Lost": "lost", "Fermé perdu": "lost", "Fermée perdue": "lost", "closedlost": "lost",
    },
)  # fmt: skip

PIPEDRIVE = System(
    "pipedrive",
    "Pipedrive",
    ("Deal - Title", "Deal - ID", "Deal - Stage", "Deal - Status", "Deal - Value", "Deal - Owner",
     "Affaire - Titre", "Affaire - ID", "Affaire - Étape", "Affaire - Statut", "Affaire - Valeur",
     "Affaire - Propriétaire"),
    {
        "id": ("Deal - ID", "Affaire - ID"),
        "name": ("Deal - Title", "Affaire - Titre"),
        "account": ("Deal - Organization", "Organization - Name", "Affaire - Organisation",
                    "Organisation - Nom"),
        "contact": ("Deal - Contact person", "Person - Name", "Affaire - Personne à contacter",
                    "Personne - Nom"),
        "owner": ("Deal - Owner", "Affaire - Propriétaire"),
        "amount": ("Deal - Value", "Affaire - Valeur"),
        "currency": ("Deal - Currency of Value", "Affaire - Devise de Valeur", "Affaire - Devise"),
        "stage": ("Deal - Stage", "Affaire - Étape"),
        "status": ("Deal - Status", "Affaire - Statut"),
        "created": ("Deal - Deal created", "Affaire - Affaire créée"),
        "closed": ("Deal - Deal closed on", "Deal - Won time|Deal - Lost time",
                   "Affaire - Date de gain|Affaire - Date de perte",
                   "Affaire - Date de gain|Affaire - Heure de l'échec"),
        "close_date": ("Deal - Expected close date", "Affaire - Date de clôture prévue"),
        "loss_reason": ("Deal - Lost reason", "Affaire - Raison de la perte"),
        "source": ("Deal - Source channel", "Deal - Source origin"),
        "next_due": ("Deal - Next activity date",),
    },
)  # fmt: skip

_SALESFORCE_STAGES = {
    "Closed Won": "won", "Fermée gagnée": "won", "Fermé gagné": "won", "Clôturé gagné": "won",
    "Closed Lost": "lost", "Fermée perdue": "lost", "Fermé perdu": "lost", "Clôturé perdu": "lost",
}  # fmt: skip

SALESFORCE_REPORT = System(
    "salesforce",
    "Salesforce",
    ("Opportunity Name", "Opportunity Owner", "Fiscal Period", "Probability (%)",
     "Opportunity ID (18 Digit)", "Opportunity ID", "Propriétaire de l'opportunité", "Nom de l'opportunité",
     "Date de clôture"),
    {
        "id": ("Opportunity ID (18 Digit)", "Opportunity ID", "ID de l'opportunité"),
        "name": ("Opportunity Name", "Nom de l'opportunité"),
        "account": ("Account Name", "Nom du compte"),
        "owner": ("Opportunity Owner", "Propriétaire de l'opportunité"),
        "amount": ("Amount", "Montant", "Total first year potential", "Prix total"),
        "currency": ("Amount Currency", "Opportunity Currency", "Devise"),
        "stage": ("Stage", "Étape"),
        "created": ("Created Date", "Date de création"),
        "close_date": ("Close Date", "Date de clôture"),
        "loss_reason": ("Loss Reason", "Reason Lost"),
        "source": ("Lead Source", "Source", "Primary Campaign Source", "Origine de la piste"),
        "next_action": ("Next Step", "Étape suivante"),
    },
    _SALESFORCE_STAGES,
)  # fmt: skip

SALESFORCE_DATA = System(
    "salesforce",
    "Salesforce",
    ("StageName", "CloseDate", "IsClosed", "IsWon", "stage_name", "close_date", "is_closed", "is_won"),
    {
        "id": ("Id",),
        "name": ("Name",),
        "owner": ("Owner.Name",),
        "account": ("Account.Name",),
        "amount": ("Amount",),
        "currency": ("CurrencyIsoCode",),
        "stage": ("StageName", "stage_name"),
        "created": ("CreatedDate", "created_date"),
        "close_date": ("CloseDate", "close_date"),
        "source": ("LeadSource", "lead_source"),
        "next_action": ("NextStep", "next_step"),
        "is_won": ("IsWon", "is_won"),
        "is_closed": ("IsClosed", "is_closed"),
        "deleted": ("IsDeleted", "is_deleted"),
    },
    _SALESFORCE_STAGES,
)

ODOO = System(
    "odoo",
    "Odoo",
    ("Expected Revenue", "Expected Closing", "Salesperson", "Prorated Revenue", "Assignment Date",
     "Revenu attendu", "Revenu espéré", "Date de clôture prévue", "Vendeur", "Revenu au prorata",
     "expected_revenue", "planned_revenue", "date_deadline", "partner_id", "stage_id", "user_id"),
    {
        "id": ("External ID", "ID externe", "id", "ID"),
        "name": ("Opportunity", "Opportunité", "name"),
        "account": ("Company Name|Customer", "Company Name", "Customer", "Nom de la société|Client",
                    "Nom de la société", "Client", "partner_name|partner_id", "partner_name", "partner_id"),
        "contact": ("Contact Name", "Nom du contact", "contact_name"),
        "owner": ("Salesperson", "Vendeur", "user_id"),
        "amount": ("Expected Revenue", "Revenu attendu", "Revenu espéré", "expected_revenue",
                   "planned_revenue"),
        "stage": ("Stage", "Étape", "stage_id"),
        "created": ("Created on", "Créé le", "create_date"),
        "closed": ("Closed Date", "Date de clôture", "date_closed"),
        "close_date": ("Expected Closing", "Date de clôture prévue", "date_deadline"),
        "loss_reason": ("Lost Reason", "Motif de perte", "lost_reason_id", "lost_reason"),
        "tags": ("Tags", "Étiquettes", "tag_ids"),
        "next_action": ("Next Activity Summary", "activity_summary"),
        "next_due": ("Next Activity Deadline", "Date limite de l'activité à venir",
                     "activity_date_deadline"),
        "active": ("Active", "Actif", "active"),
    },
    {"Won": "won", "Gagné": "won"},
)  # fmt: skip

ZOHO = System(
    "zoho",
    "Zoho CRM",
    ("Deal Owner", "Closing Date", "Account Name.id", "Deal Owner.id", "Reason For Loss", "Created Time",
     "Potential Name", "Potential Owner", "Sales Cycle Duration"),
    {
        "id": ("Record Id",),
        "name": ("Deal Name", "Potential Name"),
        "account": ("Account Name",),
        "contact": ("Contact Name",),
        "owner": ("Deal Owner", "Potential Owner"),
        "amount": ("Amount",),
        "currency": ("Currency",),
        "stage": ("Stage",),
        "created": ("Created Time",),
        "close_date": ("Closing Date",),
        "loss_reason": ("Reason For Loss",),
        "source": ("Lead Source",),
        "next_action": ("Next Step",),
    },
    {"Closed Won": "won", "Closed Lost": "lost", "Closed-Lost to Competition": "lost",
     "Closed Lost to Competition": "lost"},
)  # fmt: skip

TWENTY = System(
    "twenty",
    "Twenty",
    ("Amount / Amount", "Amount / Currency", "Point of Contact Id", "Company Id", "ID of Company"),
    {
        "id": ("Id", "Record ID"),
        "name": ("Name",),
        "account": ("Company",),
        "contact": ("Point of Contact",),
        "owner": ("Owner",),
        "amount": ("Amount / Amount",),
        "currency": ("Amount / Currency",),
        "stage": ("Stage",),
        "created": ("Creation date",),
        "close_date": ("Close date",),
    },
    {"CUSTOMER": "won", "Customer": "won"},
)

BITRIX = System(
    "bitrix24",
    "Bitrix24",
    ("STAGE_ID", "ASSIGNED_BY_ID", "OPPORTUNITY", "DATE_CREATE", "BEGINDATE", "CLOSEDATE"),
    {
        "id": ("ID",),
        "name": ("TITLE",),
        "owner": ("ASSIGNED_BY_ID",),
        "amount": ("OPPORTUNITY",),
        "currency": ("CURRENCY_ID",),
        "stage": ("STAGE_ID",),
        "created": ("DATE_CREATE", "BEGINDATE"),
        "close_date": ("CLOSEDATE",),
        "source": ("SOURCE_ID",),
        "is_closed": ("CLOSED",),
    },
    {"WON": "won", "LOSE": "lost"},
)

SYSTEMS = (HUBSPOT, PIPEDRIVE, SALESFORCE_REPORT, SALESFORCE_DATA, ODOO, ZOHO, TWENTY, BITRIX)

HISTORIES: tuple[Mapping[str, str], ...] = (
    {"id": "OpportunityId", "stage": "StageName", "at": "CreatedDate", "amount": "Amount", "deleted": "IsDeleted"},
    {"id": "opportunity_id", "stage": "stage_name", "at": "created_date", "amount": "amount",
     "deleted": "is_deleted"},
)  # fmt: skip
"""Histories that are known by their headers: Salesforce's OpportunityHistory. The first three must be there."""


def history_columns(header: Sequence[str]) -> dict[str, str]:
    """The columns of a known history by field; none where it is not known."""
    for known in HISTORIES:
        found = {name: column for name, column in known.items() if column in header}
        if {"id", "stage", "at"} <= found.keys():
            return found
    return {}


OTHERS = ("BillingCity", "BillingCountry", "AnnualRevenue", "NumberOfEmployees", "MailingCity", "MailingCountry",
          "Company Domain Name", "Lifecycle Stage", "First Name", "Last Name", "Organization - Name*",
          "Person - Name*", "FirstName", "LastName", "Nom de famille", "Prénom")  # fmt: skip
"""Headers of accounts and contacts, two of which no list of opportunities has."""
