"""Export the trained network to ONNX, with int8 weights; word embeddings stay in the installed package."""

import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from evals.training.network import WIDTH, ReaderNetwork


def export(network: ReaderNetwork, out: Path) -> None:
    """Write the model that `app.answering.model` runs."""
    network.eval()
    example = (
        torch.zeros(2, 16, WIDTH),
        torch.zeros(2, 16, dtype=torch.long),
        torch.ones(2, 16, dtype=torch.long),
    )
    axes = {0: "batch", 1: "length"}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "reader.onnx"
        torch.onnx.export(
            network,
            example,
            str(full),
            input_names=["words", "segments", "mask"],
            output_names=["spans", "verdicts"],
            dynamic_axes={"words": axes, "segments": axes, "mask": axes, "spans": axes, "verdicts": {0: "batch"}},
            dynamo=False,
        )
        quantize_dynamic(full, out, per_channel=True, weight_type=QuantType.QInt8)
