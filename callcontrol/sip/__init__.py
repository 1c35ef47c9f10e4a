"""SIP identities: who calls (headers in), and how a leg shows itself (headers out). Pure."""
