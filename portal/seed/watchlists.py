"""The lists that the seeded bank screens by. Every name on them is invented; two happen to be like a customer's."""

from typing import Final

_HEADING: Final = "name,aliases,birth_year,country,list_kind,reference\n"
SANCTIONS: Final = (
    _HEADING
    + """\
"WRZESNIEWSKI, Nikodem",Nikodem Vrzhesnevsky,1961,XA,sanctions,S-0001
"OKONKWO-HALVERSEN, Tiberius",,1958,XB,sanctions,S-0002
Meridian Gulf Shipping LLC,Meridian Gulf Lines,,XB,sanctions,S-0003
"LU, Chunhua",吕春华,,XC,sanctions,S-0004
"DRAGANESCU, Ovidiu-Marin",,1970,XA,sanctions,S-0005
北极星远洋贸易有限公司,Polaris Ocean Trading Co. Ltd,,XC,sanctions,S-0006
"ABUZAYD, Karim Nasir",Kareem Abu Zaid,1966,XD,sanctions,S-0007
"SILVEIRA, Anselmo",,1949,XE,sanctions,S-0008
"""
)
PEP: Final = (
    _HEADING
    + """\
"CHEN, Ping'an",,1949,XC,pep,P-0001
"VAN DER MERWE-LINDQVIST, Odile",,1972,XE,pep,P-0002
"TAMBWE, Celestin Ruhanga",,1963,XD,pep,P-0003
司徒雁北,"SITU, Yanbei",1969,XC,pep,P-0004
"PETKANOV, Hristo",,1955,XA,pep,P-0005
"""
)
