"""The tables of docs/reference.md: gradient checks, and the character LSTM."""

from results import Results, table


def gradient_checks(results: Results) -> str:
    """The largest errors of each layer."""
    found = results.figures("gradient-checks")
    rows = []
    for name, layer in found["layers"].items():
        differences, torchs = layer["finite_differences"], layer["torch"]
        worst = max(differences, key=differences.__getitem__)
        rows.append((
            name, ", ".join(differences), f"{differences[worst]:.0e}", worst, f"{torchs['outputs']:.0e}",
            f"{torchs['gradients']:.0e}", f"{torchs['largest_gradient']:.1f}",
        ))  # fmt: skip
    head = (
        "layer", "gradients of", "finite differences: relative error", "of", "torch: outputs differ by",
        "gradients differ by", "largest gradient",
    )  # fmt: skip
    about = (
        f"{found['texts']} random texts of {found['steps']} tokens, {found['inputs']} inputs, "
        f"{found['units']} units."
    )
    return f"{table(head, rows, left=2)}\n\n{about}\n\n{results.measured('gradient-checks')}"


def character_model(results: Results) -> str:
    """Settings, losses, and the picture."""
    found = results.figures("character-model")
    settings, (learned, held_out) = found["settings"], found["characters"]
    pilots = [(f"rate {rate}, {found['pilot_iterations']:,} iterations", f"{bits:.3f}")
              for rate, bits in found["pilots"].items()]  # fmt: skip
    name = f"rate {settings['learning_rate']:g}, {found['iterations']:,} iterations"
    in_order = found["in_order"]
    rows = [
        *pilots,
        (f"**{name}**", f"**{found['held_out_bits']:.3f}**"),
        ("the same, the text read from beginning to end", f"{in_order['held_out_bits']:.3f}"),
    ]
    about = (
        f"{settings['hidden']} units, pieces of {settings['steps']} characters, passages of "
        f"{settings['passage']} pieces; {learned:,} characters to learn from, {held_out:,} held out, "
        f"{found['alphabet']} different ones. At the end the smoothed loss was {found['curve'][-1][1]:.3f}, "
        f"and {in_order['curve'][-1][1]:.3f} from beginning to end. {found['iterations']:,} iterations took "
        f"{found['cpu_seconds']:,.0f} seconds of one core."
    )
    picture = "![Bits per character over the iterations](character-loss.png)"
    made = table(("", "held out, bits per character"), rows)
    return f"{made}\n\n{about}\n\n{picture}\n\n{results.measured('character-model')}"


def character_sample(results: Results) -> str:
    """What the network writes in the end."""
    lines = results.figures("character-model")["sample"].strip("\n").split("\n")
    return "\n".join(f"    {line}".rstrip() for line in lines)


TABLES = {
    "gradient-checks": gradient_checks,
    "character-model": character_model,
    "character-sample": character_sample,
}
