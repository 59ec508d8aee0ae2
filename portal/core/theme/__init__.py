"""How the portal looks: Bootstrap's stylesheet as published, our own over it, and the builder that keeps what is used."""
