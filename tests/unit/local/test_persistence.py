"""The folder of what outlives the runner."""

from pathlib import Path

from infra.local.persistence import Store


def test_only_its_owner_looks_into_the_data_also_into_a_folder_that_was_there_before(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(0o755)
    Store(folder, lambda service: 0, print).save()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
