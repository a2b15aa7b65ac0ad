"""What the random walks have found: files that hang on items."""

from __future__ import annotations

from io import BytesIO

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.folders import Module
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import ALL, ANNA, ANNA_THERE, BEN_THERE, come_to_rest, folder, item, let_in


def test_a_file_goes_along_though_the_folder_that_its_task_lives_in_was_shared_only_later(stage: Stage) -> None:
    ben, tasks = stage.users[1], Module.TASKS
    title, mine = f"task 2 of {ben}", folder(stage, ANNA, "Tasks", Module.TASKS)
    file = NewFile(name="plan.pdf", media_type="application/pdf", size=4, stream=BytesIO(b"%PDF"))
    stage.session(ANNA).attach(Target(item(stage, ANNA, mine, title).id, tasks, mine.id), file)
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", tasks), ALL)
    come_to_rest(stage)
    there = item(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Tasks", tasks), title)
    assert [one.name for one in there.attachments] == ["plan.pdf"]
