"""The worker process: `python -m core.jobs.worker --job ID` for one job, and without `--job`
for one after the other, whose ids it reads from its standard input, a line each."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.domain.errors import Cancelled, CladeError
from core.domain.jobs import JobStatus
from core.domain.ports import JobStore, Progress
from core.jobs.locks import living
from core.jobs.processes import folder, log_path
from core.jobs.progress import JobProgress

UseCase = Callable[[str, Mapping[str, Any], Progress], Mapping[str, Any]]
"""(project id, parameters, progress) → result, both JSON-able."""


def run_job(jobs: JobStore, home: Path, job_id: str, use_cases: Mapping[str, UseCase]) -> None:
    """Run a queued job to its end and write down how it ended."""
    with living(folder(home), job_id):
        if not jobs.claim_job(job_id, os.getpid()):
            return
        job = jobs.job(job_id)
        try:
            with JobProgress(jobs, job_id) as progress:
                result = use_cases[job.kind](job.project, job.params, progress)
        except Cancelled:
            jobs.finish_job(job_id, JobStatus.CANCELLED)
        except CladeError as error:
            jobs.finish_job(job_id, JobStatus.FAILED, str(error))
        except MemoryError:
            jobs.finish_job(
                job_id,
                JobStatus.FAILED,
                "The machine ran out of memory. Close other programs or bring fewer texts, "
                "then start again.",
            )
        except Exception:  # the last door of the process: logged whole, told in a sentence
            logging.exception("Job %s failed", job_id)
            jobs.finish_job(
                job_id,
                JobStatus.FAILED,
                "Something unexpected went wrong; nothing of yours is lost. Start it again, and "
                f"if it fails again report it with the log {log_path(home, job_id).name}.",
            )
        else:
            jobs.finish_job(job_id, JobStatus.DONE, result=result)


def main(arguments: list[str]) -> None:
    """Read the command line and run the job it names, or those that are told."""
    parser = argparse.ArgumentParser(description="Run queued jobs of Clade.")
    parser.add_argument("--job", help="id of the one queued job to run")
    job_id = parser.parse_args(arguments).job
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # The table of use cases is the one thing that the worker takes from above.
    from core.project.use_cases import job_table, load_programs, rest

    jobs, home, use_cases = job_table()
    if job_id is not None:
        run_job(jobs, home, job_id, use_cases)
        return
    load_programs()
    for line in iter(sys.stdin.readline, ""):
        told = line.strip()
        _write_into(log_path(home, told))
        run_job(jobs, home, told, use_cases)
        rest()


def _write_into(path: Path) -> None:
    """Let all that this process prints from now on go into a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    with path.open("ab") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())


if __name__ == "__main__":
    main(sys.argv[1:])
