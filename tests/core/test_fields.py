import pickle

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from niangjia.core import sealing
from niangjia.core.fields import HIDDEN, BlindIndexField, CodeField, Sealed, SealedTextField
from niangjia.core.sealing import Keyring

PLAIN = "500102199001011234"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_installed", Keyring(1, {1: b"\x01" * 32}, b"\x03" * 32))


with isolate_apps():

    class Woman(models.Model):
        id_number = SealedTextField(context="woman.id_number")
        phone = SealedTextField(context="woman.phone", null=True)
        id_index = BlindIndexField(unique=True)
        place = CodeField(db_index=True)

        class Meta:
            app_label = "core_field_tests"

        def __str__(self) -> str:
            return "woman"


def test_a_plain_text_is_sealed_the_moment_it_is_assigned() -> None:
    woman = Woman(id_number=PLAIN)
    woman.phone = "13800000000"
    assert {type(woman.__dict__[name]) for name in ("id_number", "phone")} == {Sealed}
    assert woman.id_number.reveal() == PLAIN
    assert woman.__dict__["phone"].reveal() == "13800000000"


def test_a_sealed_text_shows_dots_however_it_is_printed() -> None:
    sealed = Woman(id_number=PLAIN).id_number
    assert {str(sealed), repr(sealed), f"{sealed}", "%s" % sealed, f"{[sealed]}"} == {HIDDEN, f"[{HIDDEN}]"}  # noqa: UP031


def test_a_pickled_sealed_text_holds_no_plain_text_and_opens_again() -> None:
    pickled = pickle.dumps(Sealed.of(PLAIN, "woman.id_number"))
    assert PLAIN.encode() not in pickled
    assert pickle.loads(pickled).reveal() == PLAIN


def test_equality_is_of_the_sealed_bytes_and_tells_nothing_about_the_text() -> None:
    first, second = Sealed.of(PLAIN, "woman.id_number"), Sealed.of(PLAIN, "woman.id_number")
    assert first == Sealed(first.sealed, first.context)
    assert hash(first) == hash(Sealed(first.sealed, first.context))
    assert first != second
    assert first != PLAIN


def test_an_empty_text_and_no_text_are_kept_apart() -> None:
    woman = Woman(id_number="", phone=None)
    assert (bool(woman.id_number), woman.id_number.reveal(), str(woman.id_number)) == (False, "", "")
    assert woman.phone is None


def test_a_field_that_was_not_given_is_empty() -> None:
    assert Woman().id_number.reveal() == ""


def test_what_goes_to_the_database_is_sealed_bytes_and_comes_back_as_a_sealed_text() -> None:
    field = Woman._meta.get_field("id_number")
    stored = field.get_prep_value(PLAIN)
    assert sealing.unseal(stored or b"", context="woman.id_number") == PLAIN
    assert field.from_db_value(stored, None, connection) == Sealed(stored or b"", "woman.id_number")


def test_no_text_goes_to_the_database_and_comes_back_as_none() -> None:
    field = Woman._meta.get_field("phone")
    assert (field.get_prep_value(None), field.from_db_value(None, None, connection)) == (None, None)


def test_a_sealed_text_goes_to_the_database_as_it_is() -> None:
    sealed = Sealed.of(PLAIN, "woman.id_number")
    assert Woman._meta.get_field("id_number").get_prep_value(sealed) is sealed.sealed


@pytest.mark.parametrize("lookup", ["id_number", "id_number__contains", "id_number__in", "id_number__gt"])
def test_filtering_by_a_sealed_text_is_refused(lookup: str) -> None:
    with pytest.raises(FieldError):
        models.QuerySet(Woman).filter(**{lookup: PLAIN})


def test_whether_a_sealed_text_is_there_may_be_asked() -> None:
    assert str(models.QuerySet(Woman).filter(phone__isnull=True).values("pk").query) == (
        'SELECT "core_field_tests_woman"."id" AS "pk" FROM "core_field_tests_woman" '
        'WHERE "core_field_tests_woman"."phone" IS NULL'
    )


def test_a_sealed_text_is_left_out_of_forms_and_refuses_to_be_dumped() -> None:
    field = Woman._meta.get_field("id_number")
    assert field.editable is False
    with pytest.raises(TypeError) as error:
        field.value_to_string(Woman(id_number=PLAIN))
    assert str(error.value) == "sealed field id_number is not serialised"


@pytest.mark.parametrize("context", ["", "woman", "Woman.id", "woman.id.number", "woman.id "])
def test_a_context_is_a_table_and_a_column(context: str) -> None:
    with pytest.raises(ValueError, match=r"context must read 'table\.column'"):
        SealedTextField(context=context)


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (
            SealedTextField("证件号码", context="woman.id_number", null=True),
            "niangjia.core.fields.SealedTextField(context='woman.id_number', null=True, verbose_name='证件号码')",
        ),
        (BlindIndexField(unique=True), "niangjia.core.fields.BlindIndexField(unique=True)"),
        (CodeField("所在地", db_index=True), "niangjia.core.fields.CodeField(db_index=True, verbose_name='所在地')"),
    ],
)
def test_a_migration_writes_the_field_so_that_it_can_be_made_again(
    field: "models.Field[object, object]", written: str
) -> None:
    _, path, args, kwargs = field.deconstruct()
    again = type(field)(*args, **kwargs)
    assert path == f"niangjia.core.fields.{type(field).__name__}"
    assert again.deconstruct() == field.deconstruct()
    assert MigrationWriter.serialize(field)[0] == written


def test_a_blind_index_takes_exactly_the_bytes_of_the_blind_function() -> None:
    field = Woman._meta.get_field("id_index")
    index = sealing.blind(PLAIN, context="woman.id_number")
    assert field.get_prep_value(index) == index
    with pytest.raises(ValueError, match=r"takes the 32 bytes of sealing\.blind, not 0"):
        field.get_prep_value(b"")


def test_a_code_column_is_twelve_characters_in_c_collation() -> None:
    field = Woman._meta.get_field("place")
    assert (field.max_length, field.db_collation) == (12, "C")


def test_a_code_column_refuses_what_is_no_code() -> None:
    field = Woman._meta.get_field("place")
    field.run_validators("500102006001")
    with pytest.raises(ValidationError) as error:
        field.run_validators("500102")
    assert error.value.messages == ["“500102”不是12位区划代码。请对照统计用区划代码表核对。"]
