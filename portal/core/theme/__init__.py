"""How the portal looks: Bootstrap as published, our own stylesheet over it, and the builder that keeps what is used."""
