"""The rows of a value table: whose they are, what their value is, which are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import duckdb

from clv_core.cleaning import identity, money, rules
from clv_core.cleaning.identity import IdReading
from clv_core.cleaning.judging import judge_file, keep_rows, open_ledger
from clv_core.cleaning.refusals import refuse_unreadable_amounts, refuse_unusable_ids
from clv_core.cleaning.rules import Rule
from clv_core.cleaning.staging import StagedFile, stage_file
from clv_core.cleaning.value_survey import MISSING_MARKS, cell_expression
from clv_core.sentences import Sentence
from clv_core.settings import CleaningSettings

__all__ = ["judge_value_rows", "value_rules", "value_treatments"]

KIND: Final = "value_table"
_UNREADABLE: Final = "target_text IS NOT NULL AND target_value IS NULL"
_IMPOSSIBLE: Final = f"NOT coalesce({money.is_finite('target_value')}, TRUE)"


def judge_value_rows(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, settings: CleaningSettings
) -> None:
    """Type and judge a value table's rows.

    Writes ``value_table_dropped`` and ``value_table_kept``: ``source_row``,
    ``written_customer``, contact fields and ``target_value`` (null where blank).

    Raises
    ------
    UnreadableColumn
        When most values or customer ids are of no use.
    """
    stage_file(cursor, file)
    _type_rows(cursor, file, settings)
    refuse_unreadable_amounts(cursor, file, "target_value", f"({_UNREADABLE}) OR ({_IMPOSSIBLE})")
    if file.has("customer_id"):
        lost = rules.reject_destroyed_ids().condition, rules.reject_masked_ids().condition
        refuse_unusable_ids(cursor, file, "customer_id", " OR ".join(lost))
    open_ledger(cursor, KIND)
    judge_file(cursor, file, f"{KIND}_typed", value_rules(file, settings))
    keep_rows(cursor, KIND, f"{KIND}_typed")


def value_rules(file: StagedFile, settings: CleaningSettings) -> tuple[Rule, ...]:
    """Return the rules that reject rows, in the order they are tried."""
    about_customers: tuple[Rule, ...] = ()
    repeats: tuple[Rule, ...] = ()
    if file.has("customer_id"):
        about_customers = (
            rules.reject_missing_customers(),
            rules.reject_destroyed_ids(),
            rules.reject_masked_ids(),
        )
        repeats = (rules.reject_repeated_customers(),)
        if settings.repeated_lines == "drop":
            repeated = replace(rules.reject_repeated_lines(), condition="copy_number > 1")
            repeats = (repeated, *repeats)
    return (*about_customers, reject_unreadable_values(), reject_impossible_values(), *repeats)


def value_treatments() -> tuple[Rule, ...]:
    """Return what is said about kept rows."""
    return (
        note_blank_values(),
        rules.note_decimal_ids(),
        rules.note_decimal_commas(),
        rules.note_guessed_points(),
    )


def reject_unreadable_values() -> Rule:
    """A value that is written but no number can be neither learnt nor forecast."""
    return Rule(
        "unreadable_value",
        Sentence("The value cannot be read as a number"),
        _UNREADABLE,
        field="target_value",
    )


def reject_impossible_values() -> Rule:
    """One infinite value would make every mean infinite."""
    return Rule(
        "impossible_value",
        Sentence("The value is not a finite number or is larger than any can be"),
        _IMPOSSIBLE,
        field="target_value",
    )


def note_blank_values() -> Rule:
    """A customer without a value is one to be forecast."""
    return Rule(
        "blank_value",
        Sentence("The value is blank: the customer is forecast, not learnt from"),
        "target_value IS NULL",
    )


def _type_rows(
    cursor: duckdb.DuckDBPyConnection, file: StagedFile, settings: CleaningSettings
) -> None:
    """Write ``value_table_typed``; a customer's mentions are counted, usable values first."""
    cursor.execute(
        f"""CREATE OR REPLACE TEMP VIEW value_cells AS
        SELECT *, CASE WHEN lower(target_value) NOT IN {MISSING_MARKS} THEN target_value END
            AS target_text FROM {file.source}"""
    )
    reading = money.learn_money_reading(cursor, "value_cells", "target_text")
    ids = identity.learn_id_reading(cursor, file.source, "customer_id")
    written = _customer_expression(file, settings, ids)
    value = money.money_expression("target_text", reading)
    customer = identity.identity_expression(written, ids)
    cursor.execute(
        f"""CREATE TEMP TABLE {KIND}_typed AS
        WITH typed AS (
            SELECT file_number, source_row, source_row AS row_id, CAST(NULL AS DOUBLE) AS money,
                   target_text, {value} AS target_value,
                   {written} AS written_customer, {customer} AS customer,
                   email, {identity.phone_expression("phone")} AS phone, customer_name,
                   {ids.has_decimals} AS decimal_id,
                   {money.uses_decimal_comma("target_text", reading)} AS decimal_comma,
                   {money.could_be_thousands("target_text", reading)} AS guessed_point
            FROM value_cells),
        counted AS (
            SELECT *, row_number() OVER (
                PARTITION BY customer ORDER BY ({_UNREADABLE}) OR ({_IMPOSSIBLE}), source_row
            ) AS mention FROM typed),
        hashed AS ({_hash_repeated(file)})
        SELECT counted.*, row_number() OVER (
            PARTITION BY customer, coalesce(row_hash, 0) ORDER BY mention) AS copy_number
        FROM counted LEFT JOIN hashed USING (source_row)"""
    )


def _hash_repeated(file: StagedFile) -> str:
    """Return SQL for a hash over all cells of the rows of customers with several rows."""
    cells = ", ".join(
        cell_expression(column)
        for column in (
            *(field for field in file.rows.raw.mapping),
            *(f"x{number}" for number in range(len(file.rows.raw.features))),
        )
    )
    return f"""SELECT source_row, hash({cells}) AS row_hash FROM {file.rows.scan}
        WHERE source_row IN (
            SELECT source_row FROM counted WHERE customer IN
                (SELECT customer FROM counted WHERE mention = 2))"""


def _customer_expression(file: StagedFile, settings: CleaningSettings, ids: IdReading) -> str:
    """Return SQL for whose row it is; the row's number where the table has no ids."""
    if not file.has("customer_id"):
        return "CAST(source_row AS VARCHAR)"
    written = identity.id_expression("customer_id", ids)
    phone = identity.phone_expression("phone")
    match settings.guests:
        case "email":
            return f"coalesce({written}, email)"
        case "email_or_phone":
            return f"coalesce({written}, email, {phone})"
        case "drop":
            return written
