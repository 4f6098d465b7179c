"""Who sees a voice: the bodies from its path upwards, posts that took part in it, its author; sensitive ones, posts
alone. What is public (matters checked by the desk, published selections and projects) everybody reads."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from gonghui.kernel.scope import SELF, PutUnderScope

APP = "gonghui_app"
SEAT = (
    "current_setting('gonghui.seat', true) = ANY (seats)"
    " OR ('#' || coalesce(current_setting('gonghui.account', true), '')) = ANY (seats)"
)
PLATFORM = "current_setting('gonghui.seat', true) = '*'"
OWN = SELF.format(column="person_id")

VOICE = f"""
CREATE POLICY seat_read ON voice FOR SELECT USING ({SEAT});
CREATE POLICY seat_write ON voice FOR UPDATE USING ({SEAT}) WITH CHECK (true);
CREATE POLICY right_desk ON voice AS RESTRICTIVE TO {APP}
  USING (sensitive = '' OR {PLATFORM} OR {SEAT} OR {OWN}) WITH CHECK (true);
"""

WITH = "EXISTS (SELECT 1 FROM voice v WHERE v.id = voice_id)"


def with_voice(table: str) -> str:
    """Whoever sees the voice sees what belongs to it, and nobody else."""
    return f"""
CREATE POLICY with_voice ON {table} FOR SELECT USING ({WITH});
CREATE POLICY voice_add ON {table} FOR INSERT WITH CHECK ({WITH});
CREATE POLICY voice_write ON {table} FOR UPDATE USING ({WITH}) WITH CHECK (true);
CREATE POLICY right_desk ON {table} AS RESTRICTIVE TO {APP} USING ({PLATFORM} OR {WITH}) WITH CHECK (true);
"""


def shown_by(table: str, condition: str) -> str:
    return f"CREATE POLICY public_read ON {table} FOR SELECT USING ({condition});\n"


SELECTION = "EXISTS (SELECT 1 FROM voice_selection s WHERE s.id = selection_id AND s.state <> 'draft')"
PROJECT = "EXISTS (SELECT 1 FROM voice_project p WHERE p.id = project_id AND p.shown)"
PUBLIC = "".join(
    (
        shown_by("voice_piece", "shown"),
        shown_by("voice_selection", "state <> 'draft'"),
        shown_by("voice_candidate", SELECTION),
        shown_by("voice_project", "shown"),
        *(shown_by(f"voice_{name}", PROJECT) for name in ("milestone", "outcome", "evaluation")),
        *(shown_by(f"voice_project_{name}", f"shown AND {PROJECT}") for name in ("note", "file")),
    )
)

GUARDS = """
CREATE TRIGGER voice_act_append_only BEFORE UPDATE OR DELETE ON voice_act
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER voice_answer_append_only BEFORE UPDATE OR DELETE ON voice_answer
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE FUNCTION voice_outcome_fixed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE started boolean;
BEGIN
  SELECT state <> 'planned' INTO started FROM public.voice_project
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.project_id ELSE NEW.project_id END;
  IF started AND (TG_OP <> 'UPDATE' OR (OLD.title, OLD.definition, OLD.unit, OLD.better, OLD.figure, OLD.before,
      OLD.before_on, OLD.target) IS DISTINCT FROM (NEW.title, NEW.definition, NEW.unit, NEW.better, NEW.figure,
      NEW.before, NEW.before_on, NEW.target)) THEN
    RAISE EXCEPTION 'what a project is measured by is fixed when it starts';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER voice_outcome_fixed BEFORE INSERT OR UPDATE OR DELETE ON voice_outcome
  FOR EACH ROW EXECUTE FUNCTION voice_outcome_fixed();
"""

OF_PERSONS = ("voice", "voice_backer", "voice_weigher", "voice_invitation")
OF_VOICES = ("voice_act", "voice_answer", "voice_handover", "voice_file")
OTHERS = (
    "voice_piece", "voice_visit", "voice_template", "voice_bulletin", "voice_bulletin_receipt", "voice_selection",
    "voice_candidate", "voice_candidate_voice", "voice_weighing", "voice_project", "voice_milestone",
    "voice_project_note", "voice_project_file", "voice_risk", "voice_outcome", "voice_evaluation", "voice_judgement",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = (("voice", "0001_tables"), ("kernel", "0029_sealed_box"))

    operations: ClassVar[list[Operation]] = [
        *(PutUnderScope(table, person="person_id") for table in OF_PERSONS),
        *(PutUnderScope(table) for table in (*OF_VOICES, *OTHERS)),
        PutUnderScope("voice_public", read_all=True),
        migrations.RunSQL(
            VOICE + "".join(map(with_voice, OF_VOICES)) + PUBLIC + GUARDS,
            migrations.RunSQL.noop,
        ),
    ]
