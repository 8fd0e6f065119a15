"""HubSpot, Salesforce, Zoho, Pipedrive, Mailchimp, Zendesk and Intercom."""

from csm_xl.intake.declaration import Exporter

HUBSPOT_CONTACTS = Exporter(
    "HubSpot",
    "customers",
    "Record ID/Record ID - Contact/Contact ID|First Name|Last Name|Email|Create Date/Contact owner",
    {
        "customer_id": "Record ID|Record ID - Contact|Contact ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "Email",
        "phone": "Phone Number|Mobile Phone Number",
        "company": "Company Name|Associated Company|Primary Associated Company",
        "city": "City",
        "source": "Original Source|Original Traffic Source",
        "start": "Became a Customer Date|Create Date",
        "last_seen": "Last Activity Date|Last Contacted",
    },
    along="Lead Status|Lifecycle Stage",
)
HUBSPOT_DEALS = Exporter(
    "HubSpot",
    "orders",
    "Deal Name|Deal Stage|Close Date|Amount|Pipeline/Deal owner",
    {
        "order_id": "Record ID|Deal ID|Deal Name",
        "date": "Close Date",
        "account": "Associated Contact IDs",
        "name": "Associated Contact",
        "company": "Associated Company|Primary Associated Company",
        "product": "Deal Name",
        "amount": "Amount",
        "currency": "Currency",
        "status": "Deal Stage",
    },
)
SALESFORCE_CONTACTS = Exporter(
    "Salesforce",
    "customers",
    "First Name|Last Name|Account Name|Mailing City/Mailing Street|Email",
    {
        "customer_id": "Contact ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "company": "Account Name",
        "email": "Email",
        "phone": "Phone|Mobile",
        "city": "Mailing City",
        "source": "Lead Source",
        "start": "Created Date",
        "last_seen": "Last Activity",
        "note": "Description",
    },
)
ZOHO_CONTACTS = Exporter(
    "Zoho CRM",
    "customers",
    "Contact Id/Record Id|First Name|Last Name|Account Name|Created Time|Modified Time",
    {
        "customer_id": "Contact Id|Record Id",
        "first_name": "First Name",
        "last_name": "Last Name",
        "company": "Account Name",
        "email": "Email",
        "phone": "Phone|Mobile",
        "city": "Mailing City",
        "source": "Lead Source",
        "start": "Created Time",
        "last_seen": "Last Activity Time",
        "note": "Description",
        "do_not_contact": "Email Opt Out",
    },
)
MAILCHIMP = Exporter(
    "Mailchimp",
    "customers",
    "Email Address|MEMBER_RATING|OPTIN_TIME|CONFIRM_TIME|LEID/EUID",
    {
        "email": "Email Address",
        "first_name": "First Name",
        "last_name": "Last Name",
        "phone": "Phone Number",
        "start": "CONFIRM_TIME|OPTIN_TIME",
        "note": "NOTES",
    },
    along="TAGS",
)
ZENDESK = Exporter(
    "Zendesk",
    "feedback",
    "Ticket ID/Id|Requester email/Requester|Subject|Status/Ticket status|Satisfaction Score/Group/Assignee"
    "|Created at/Ticket created - Timestamp",
    {
        "feedback_id": "Ticket ID|Id",
        "email": "Requester email",
        "name": "Requester",
        "date": "Created at|Ticket created - Timestamp",
        "text": "Subject",
        "status": "Status|Ticket status",
        "rating": "Satisfaction Score",
        "response_hours": "First reply time (hrs)|First reply time in minutes",
    },
)
INTERCOM_USERS = Exporter(
    "Intercom",
    "customers",
    "Name|Email|User ID|Signed up|Last seen|Web sessions/Last contacted",
    {
        "customer_id": "User ID",
        "name": "Name",
        "email": "Email",
        "phone": "Phone",
        "company": "Company name|Companies",
        "city": "City",
        "start": "Signed up",
        "last_seen": "Last seen",
        "usage": "Web sessions",
        "plan": "Plan",
    },
)

ALL = (
    HUBSPOT_CONTACTS,
    HUBSPOT_DEALS,
    SALESFORCE_CONTACTS,
    ZOHO_CONTACTS,
    MAILCHIMP,
    ZENDESK,
    INTERCOM_USERS,
)
