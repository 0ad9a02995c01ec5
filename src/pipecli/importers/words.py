"""The words by which people head the columns of their own sheets, in English and French, folded, by field.

The first of a field's words are the surest; a header has to be one of them, or to have one in it as a whole.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "n°", "no", "num", "numero", "ref", "reference", "identifiant", "code", "id affaire",
           "n° affaire", "n° opportunite",
           "id opportunite", "deal id", "opportunity id"),
    "name": ("opportunite", "nom de l'opportunite", "affaire", "nom de l'affaire", "opportunity", "deal",
             "deal name", "opportunity name", "intitule", "libelle", "objet", "titre", "title", "projet",
             "nom du projet", "project", "project name", "name", "nom", "subject"),
    "account": ("compte", "nom du compte", "societe", "nom de la societe", "entreprise", "client",
                "nom du client", "raison sociale", "organisation", "company", "company name", "account",
                "account name", "customer", "customer name", "organization", "prospect"),
    "contact": ("contact", "nom du contact", "interlocuteur", "contact name", "contact person"),
    "decision_maker": ("decideur", "decisionnaire", "decision maker"),
    "owner": ("commercial", "commerciale", "vendeur", "responsable", "proprietaire", "owner", "sales rep",
              "salesperson", "sales owner", "charge d'affaires", "suivi par", "assigned to", "rep"),
    "amount": ("montant", "montant estime", "montant ht", "montant ttc", "valeur", "ca", "ca estime",
               "ca potentiel", "chiffre d'affaires", "amount", "value", "deal value", "deal size", "revenue",
               "expected revenue", "budget", "prix", "price", "total ht"),
    "currency": ("devise", "monnaie", "currency", "currency code"),
    "stage": ("etape", "phase", "stade", "stage", "deal stage", "sales stage", "avancement"),
    "status": ("statut", "status", "etat", "resultat", "issue", "outcome"),
    "created": ("date de creation", "cree le", "creee le", "date creation", "date d'ouverture", "ouvert le",
                "date d'entree", "premier contact", "created", "created on", "created date", "creation date",
                "date created", "opened", "open date", "start date", "engage date"),
    "closed": ("date de cloture", "cloture le", "ferme le", "date de fermeture", "date de signature",
               "signe le", "closed", "closed on", "closed date", "date closed", "won date"),
    "close_date": ("date de cloture prevue", "cloture prevue", "signature prevue", "date prevue",
                   "date de signature prevue", "echeance", "closing", "close date", "closing date",
                   "expected close", "expected close date", "expected closing", "forecast date"),
    "loss_reason": ("motif de perte", "raison de la perte", "raison de perte", "cause de perte",
                    "lost reason", "loss reason", "reason lost"),
    "source": ("origine", "provenance", "canal", "source", "lead source", "apporteur"),
    "tags": ("etiquettes", "tags", "mots cles"),
    "next_action": ("prochaine action", "action suivante", "prochaine etape", "a faire", "next action",
                    "next step", "next steps"),
    "next_due": ("date de relance", "relance le", "date prochaine action", "date de la prochaine action",
                 "prochaine relance", "next action date", "next step date", "follow-up date", "due date"),
}  # fmt: skip
