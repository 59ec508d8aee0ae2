"""What the demo leaves in its data folder, besides the engines' own."""

PREPARING = "preparing"  # stands while the first data is made: an interrupted first run begins anew
SEEDED = "seeded"
SIGN_INS = "sign-ins.txt"
