"""The tables of exported models: parity, latency, sizes and what int8 costs."""

from results import Results, table


def parity(results: Results) -> str:
    """How far graphs are from networks, by encoder."""
    rows = [
        (name, f"{one['graphs']}", f"{one['texts']}",
         *(f"{one[output]:.0e}" for output in ("logits", "probabilities", "vectors")))
        for name, one in results.figures("onnx")["parity"].items()
    ]  # fmt: skip
    head = ("encoder", "poolings", "texts", "logits differ by at most", "probabilities", "vectors")
    return f"{table(head, rows)}\n\n{results.measured('onnx')}"


def latency(results: Results) -> str:
    """Milliseconds a call, and how many times as long as torch takes."""
    figures = results.figures("onnx")
    rows = []
    for name, model in figures["models"].items():
        for batch, contestants in model["latency"].items():
            base = contestants["torch"]["milliseconds"]
            for who, values in contestants.items():
                each = ", ".join(f"{one:.2f}" for one in values["each"])
                took = values["milliseconds"]
                rows.append(
                    (f"{name} ({model['name']})", batch, who, f"{took:.2f}", f"{took / base:.2f}x", each)
                )
    head = ("model", "texts", "computed by", "ms", "", "each reading")
    return f"{table(head, rows)}\n\n{figures['threads']} threads. {results.measured('onnx')}"


def files(results: Results) -> str:
    """Sizes and accuracy by precision."""
    rows = []
    for name, model in results.figures("onnx")["models"].items():
        for precision, file in model["files"].items():
            lost, difference = file["cost"], file["cost"]["difference"]
            rows.append((
                name, precision, f"{file['bytes'] / 1e6:.2f}", f"{file['json_bytes'] / 1e6:.2f}",
                f"{file['largest_difference']:.0e}", f"{lost['source']}, {lost['rows']:,}",
                f"{100 * lost['accuracy_of_export']:.2f}",
                f"{100 * difference['value']:+.2f} ({100 * difference['low']:+.2f} to "
                f"{100 * difference['high']:+.2f})",
                f"{lost['changed_labels']:,}",
            ))  # fmt: skip
    head = ("model", "precision", "ONNX, MB", "JSON, MB", "differs by at most", "test texts", "accuracy %",
            "against the network, points", "other labels")  # fmt: skip
    return f"{table(head, rows, left=2)}\n\n{results.measured('onnx')}"


TABLES = {"onnx-parity": parity, "onnx-latency": latency, "onnx-files": files}
