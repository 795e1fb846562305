"""FastAPI, Mangum, powertools' Logger and Metrics as their manuals show them, and nothing of ours."""

from aws_lambda_powertools import Logger, Metrics
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

logger = Logger(service="echo")
metrics = Metrics(namespace="Bench", service="echo")
app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)


class Note(BaseModel):
    text: str
    tags: list[str] = []


@app.get("/bench/echo")
async def alive() -> dict[str, str]:
    return answered({"status": "ok"})


@app.post("/bench/echo")
async def echo(note: Note) -> Note:
    return answered(note)


def answered(answer):
    logger.info("request")
    metrics.add_metric(name="Requests", unit="Count", value=1)
    return answer


handler = metrics.log_metrics(Mangum(app, lifespan="off"))
