"""When names are alike."""

import pytest

from accounts.identity import names, watchlist_files
from accounts.identity.names import Bearer, Register


def register(*listed, birth_year=None):
    bearers = [Bearer(key, names.forms(name), birth_year) for key, name in enumerate(listed)]
    return Register.of(bearers)


class TestForms:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("WRZESNIEWSKI, Nikodem", ["nikodem wrzesniewski"]),
            ("José  Núñez", ["jose nunez"]),
            ("Meridian Gulf Lines Co., Ltd.", ["gulf lines meridian"]),
            ("Li Xiao-ming", ["li ming xiao", "li xiaoming", "lixiao ming"]),
            ("Xiao-ming Li", ["li ming xiao", "mingli xiao", "li xiaoming"]),
            ("河镇惠民 便利店有限公司", ["河镇惠民便利店"]),
            ("王芳", ["王芳", "fang wang"]),
            ("欧阳修文", ["欧阳修文", "ouyang xiuwen"]),
            ("吕春花", ["吕春花", "chunhua lu"]),
            ("X", []),
        ],
    )
    def test_are(self, name, expected):
        assert names.forms(name) == expected


class TestAlike:
    @pytest.mark.parametrize(
        ("ours", "listed"),
        [
            ("Nikodem Wrzesniewski", "WRZESNIEWSKI, Nikodem"),
            ("Nikodem Wrzesnievski", "Wrzesniewski Nikodem"),
            ("吕春花", "LU, Chunhua"),
            ("司徒雁北", "Situ Yan-bei"),
            ("王小明", "XIAO-MING WANG"),
            ("Xiao Ming Wang", "王小明"),
            ("北极星远洋贸易公司", "北极星远洋贸易有限公司"),
            ("北极星远洋贸意", "北极星远洋贸易"),
            ("王芳", "王芳"),
        ],
    )
    def test_finds(self, ours, listed):
        assert list(register(listed).alike(ours, None)) == [0]

    @pytest.mark.parametrize(
        ("ours", "listed"),
        [
            ("王芳", "王方平"),
            ("李伟", "李维民"),
            ("Li Wei", "Li Wen"),
            ("Nikodem", "Nikodem Wrzesniewski"),
            ("河镇便利店", "山村小卖部"),
        ],
    )
    def test_leaves_apart(self, ours, listed):
        assert register(listed).alike(ours, None) == {}

    @pytest.mark.parametrize(("born", "is_found"), [(1961, True), (1962, True), (1975, False), (None, True)])
    def test_minds_the_year_of_birth(self, born, is_found):
        found = register("Nikodem Wrzesniewski", birth_year=1961).alike("Nikodem Wrzesniewski", born)
        assert bool(found) == is_found

    def test_says_how_alike(self):
        found = register("Nikodem Wrzesniewski", "Nikodem Wrzesnievski").alike("Nikodem Wrzesniewski", None)
        assert found == {0: 100, 1: 95}


class TestRead:
    HEADING = "name,aliases,birth_year,country,list_kind,reference\n"

    def read(self, *lines):
        return watchlist_files.read((self.HEADING + "\n".join(lines)).encode())

    def test_reads_the_documented_columns(self):
        [line] = self.read('"ABUZAYD, Karim",Kareem Abu Zaid; Abu Zayd,1966,XD,pep,P-7')
        assert line == watchlist_files.Line("P-7", "pep", "ABUZAYD, Karim", ("Kareem Abu Zaid", "Abu Zayd"), 1966, "XD")

    @pytest.mark.parametrize(
        ("lines", "line"),
        [
            ([",,,,pep,P-1"], 2),
            (["A B,,,,pep,P-1", "C D,,,,friends,P-2"], 3),
            (["A B,,66,,pep,P-1"], 2),
            (["A B,,,,pep,P-1", "C D,,,,pep,P-1"], 3),
            ([], 1),
        ],
    )
    def test_says_which_line_is_wrong(self, lines, line):
        with pytest.raises(watchlist_files.FileUnreadable) as refused:
            self.read(*lines)
        assert refused.value.line == line

    def test_reads_the_list_of_ofac_as_published(self):
        remarks = "DOB 05 Mar 1961; a.k.a. 'FLYER'."
        row = f'36,"AEROTAXI, Captain",individual,"X",{"-0- ," * 7}"{remarks}"\r\n\x1a'
        assert watchlist_files.read(row.encode()) == [
            watchlist_files.Line("OFAC-36", "sanctions", "AEROTAXI, Captain", ("FLYER",), 1961, "")
        ]

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
    def test_refuses_what_is_no_list(self, content):
        with pytest.raises(watchlist_files.FileUnreadable):
            watchlist_files.read(content)
