"""Set-up: init, config, doctor, completion."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.address import without_password
from pipecli.config import Settings
from pipecli.errors import InvalidInput
from pipecli.render.console import note
from pipecli.service.import_request import Request
from pipecli.text import _, ngettext

from .exits import FAILURE, OK
from .file_options import NOTHING, Currency, reads_file
from .options import DryRun, Output, reports, workspace
from .prompts import can_ask


@reads_file()
def init(
    context: typer.Context,
    request: Request,
    template: Annotated[
        str | None, typer.Option("--template", metavar="NAME", help=_("b2b, pme or services"))
    ] = None,
    currency: Currency = None,
    from_file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help=_("draft the stages from an export or a spreadsheet")),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    from pipecli.service import creating

    place = workspace(context)
    if from_file is not None:
        if template is not None:
            raise InvalidInput(_("choose one: --template NAME or --from FILE"))
        from .discovering import init_from

        init_from(place.settings, from_file, request, currency, dry_run=dry_run)
        return
    if any(part not in NOTHING for part in request):
        raise InvalidInput(_("options of a file go with --from FILE"))
    toml = None
    if template is None and can_ask():
        from .interview import interview

        creating.refuse_existing(place.settings)
        toml = interview(place.settings, currency)
    template = template or creating.DEFAULT_TEMPLATE
    where = creating.init(place.settings, toml, template=template, currency=currency, dry_run=dry_run)
    if made(place.settings, where, dry_run=dry_run):
        note(_("The stages are a start: make them your own with pipe stages edit."))
        note(_('Then: pipe add "ERP rollout" 48k -a Acme -n "call Jeanne" -d fri'))


def made(settings: Settings, where: str, *, dry_run: bool) -> bool:
    """Say where a workspace was made and what to know of that place; whether it was made at all."""
    from pipecli.service import creating

    note(_("Made {where}").format(where=where))
    if dry_run:
        note(_("Dry run: nothing was changed."))
        return False
    risk = creating.risk(settings)
    if risk:
        note(risk)
    return True


@reports
def config(
    context: typer.Context,
    output: Output,
    key: Annotated[str | None, typer.Argument(metavar="KEY", help=_("a setting"))] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help=_("its new value"))] = None,
    unset: Annotated[bool, typer.Option("--unset", help=_("take it out of the file"))] = False,
    dry_run: DryRun = False,
) -> None:
    from pipecli import config as configuration
    from pipecli.config_writing import write_setting
    from pipecli.render.formats import write_list
    from pipecli.render.setup import settings_view
    from pipecli.service.assistance import forget_agreements

    settings = workspace(context).settings
    if key is not None and (value is not None or unset):
        new = None if unset else value
        kept = write_setting(settings.environ, key, new, dry_run=dry_run)
        if key in configuration.MODEL_KEYS and not dry_run:
            forget_agreements(settings)
        shown = _("not set") if kept.value is None else without_password(kept.value)
        note(_("{key} is now {value} in {path}").format(key=key, value=shown, path=kept.origin))
        first = settings.get(key)
        if first.origin in (configuration.ENVIRONMENT[key], f"--{key}"):
            note(_("{origin} is set and goes first.").format(origin=first.origin))
        if dry_run:
            note(_("Dry run: nothing was changed."))
        return
    if key is not None:
        configuration.check_setting(key, None)
        found = next(s for s in settings.all() if s.key == key)
        if output.is_table:
            print(found.value or "")
            return
        rows = [found]
    else:
        rows = settings.all()
    write_list(settings_view(), [row._asdict() for row in rows], output.format, id_key="key")


@reports
def doctor(
    context: typer.Context,
    output: Output,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=_("write the lists anew from the journal"))
    ] = False,
) -> int:
    from pipecli.render.formats import write_object
    from pipecli.service.doctor import MOST_SHOWN
    from pipecli.service.doctor import doctor as examine

    found = examine(workspace(context), rebuild_projection=rebuild)
    if not output.is_table:
        write_object(found._asdict(), output.format)
        return FAILURE if found.faults else OK
    if rebuild:
        note(_("The lists were written anew from the journal."))
    for fault in found.faults[:MOST_SHOWN]:
        print(fault)
    if len(found.faults) > MOST_SHOWN:
        print(_("and {n} more").format(n=len(found.faults) - MOST_SHOWN))
    looked = _("{events} events, {n} opportunities, {rows} rows in {where}").format(
        events=found.events, n=found.opportunities, rows=found.rows, where=found.where
    )
    if found.faults:
        line = ngettext("{n} fault", "{n} faults", len(found.faults)).format(n=len(found.faults))
        note(
            _("{faults}. {looked}. To mend the lists: pipe doctor --rebuild").format(
                faults=line, looked=looked
            )
        )
        return FAILURE
    print(_("Sound: {looked}.").format(looked=looked))
    return OK


def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help=_("your shell"))],
) -> None:
    from .completion import SCRIPTS

    if shell not in SCRIPTS:
        raise InvalidInput(
            _('no completion for "{shell}"; there is one for: {shells}').format(
                shell=shell, shells=", ".join(SCRIPTS)
            )
        )
    print(SCRIPTS[shell])
