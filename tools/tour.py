#!/usr/bin/env python3
"""Shows live editing where nobody can watch: runs a copy of the game in a virtual display,
edits it while it plays, and leaves a picture of each step.

    tour.py JIT_HOST GAME FOLDER [jit_host options] [-- game arguments]

FOLDER gets the copy (FOLDER/game) and the pictures: before.png, after-1.png, …
The status is 1 where an edit does not do what it should.
"""

import os
import re
import shutil
import sys

from liveprogram import LiveProgram, Stopped, read, save
from xdisplay import Display

GREEN, PINK, ORANGE = 0x3dff8b, 0xff2fd0, 0xff8a1f


def has(color):
    """Whether a picture shows that colour."""
    return lambda picture: picture.count(color) >= 10


class Tour:
    def __init__(self, program, display, game, pictures):
        self.program, self.display = program, display
        self.game, self.pictures = game, pictures
        self.taken = 0

    def rewrite(self, file, pattern, text):
        """Edits a file of the running game, and saves it."""
        path = os.path.join(self.game, file)
        edited, found = re.subn(pattern, text, read(path), count=1)
        if not found:
            raise Stopped(f"{path} has no '{pattern}' to edit")
        save(path, edited)

    def reload(self, outcome):
        event = self.program.event("reload")
        if event["outcome"] != outcome:
            why = [d["message"] for d in event["diagnostics"]] + event["notes"]
            raise Stopped(f"expected '{outcome}', got '{event['outcome']}': {'; '.join(why)}")
        return event

    def goes_on(self):
        """A picture of a later frame than what is shown now."""
        now = self.display.picture()
        return self.program.see(self.display, lambda picture: picture.rgb != now.rgb)

    def edit(self, what, file, pattern, text, shows=None):
        """An edit that must become live, and be seen."""
        self.rewrite(file, pattern, text)
        event = self.reload("applied")
        picture = self.program.see(self.display, shows) if shows else self.goes_on()
        self.taken += 1
        name = f"after-{self.taken}.png"
        picture.save(os.path.join(self.pictures, name))
        ms = (event["live_ns"] - event["saved_ns"]) / 1e6
        print(f"{file}: {what}: applied, {ms:.0f} ms from save to live; {name}", flush=True)

    def broken_edit(self, what, file, pattern, text):
        """An edit that does not compile: the error is shown, and the game goes on."""
        self.rewrite(file, pattern, text)
        self.reload("failed")
        error = [self.program.err(": error:")] + [self.program.next("err") for _ in range(2)]
        self.goes_on()
        print(f"{file}: {what}: failed, and the game goes on:", flush=True)
        for line in error:
            print(f"    {line}", flush=True)

    def before(self):
        """Waits until the first bricks are broken, so that there is a score to keep."""
        def score(picture):
            return picture.crop(110, 20, 200, 30).count(0xeef0ff)
        nothing = score(self.program.see(self.display, score))
        picture = self.program.see(self.display, lambda picture: score(picture) > 1.5 * nothing)
        picture.save(os.path.join(self.pictures, "before.png"))
        print("the game plays itself; before.png", flush=True)

    def run(self):
        color = r"(ballColor\(\) \{ return )rgb\(\w+\)?"
        self.before()
        self.edit("the ball turns green", "ball.cpp", color, rf"\1rgb({GREEN:#x})", has(GREEN))
        self.edit("the ball flies faster", "ball.cpp", r"(ballSpeed) = [\d.]+f", r"\1 = 720.0f")
        self.edit("a new shape", "scene.cpp", r"( *)drawStars\(game.time, canvas\);",
                  rf"\g<0>\n\1canvas.draw({{.center = {{480, 380}}, .size = {{130, 70}}, "
                  rf".corner = 14, .angle = game.time, .glow = 40, .glowStrength = 0.5f, "
                  rf".top = rgb({ORANGE:#x})}});", has(ORANGE))
        self.broken_edit("a save with a mistake", "ball.cpp", color, rf"\1rgb({PINK:#x}")
        self.edit("mended, and the ball turns pink", "ball.cpp", color, rf"\1rgb({PINK:#x})",
                  has(PINK))


def main():
    host, sources, folder, *arguments = sys.argv[1:]
    shutil.rmtree(folder, ignore_errors=True)
    game = os.path.join(folder, "game")
    shutil.copytree(sources, game)
    print("There is no display here: the game runs in a virtual one (Xvfb), and is edited meanwhile.")
    print(f"Its sources and the pictures are in {os.path.relpath(folder)}", flush=True)
    try:
        with Display(960, 600) as display, LiveProgram(
                [host, "--source-dir", game, "-l", "glfw", "-l", "epoxy", *arguments],
                display.environment()) as program:
            program.event("ready")
            Tour(program, display, game, folder).run()
    except (Stopped, RuntimeError) as why:
        print(f"tour: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("Score, bricks and ball were kept throughout. With a display, tools/run opens a window.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
