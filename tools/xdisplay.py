"""A display of one's own: an X server that draws into memory (Xvfb), and pictures of it.

Only the standard library: the picture is asked for in the X protocol itself, so that it
is of one moment, between two frames.
"""

import os
import socket
import struct
import subprocess
import zlib


class Picture:
    """Pixels, row by row, three bytes each: red, green, blue."""

    def __init__(self, width, height, rgb):
        self.width, self.height, self.rgb = width, height, bytes(rgb)

    def pixel(self, x, y):
        at = 3 * (y * self.width + x)
        return tuple(self.rgb[at:at + 3])

    def crop(self, x, y, width, height):
        stride = 3 * self.width
        return Picture(width, height, b"".join(
            self.rgb[row * stride + 3 * x:row * stride + 3 * (x + width)]
            for row in range(y, y + height)))

    def count(self, color, tolerance=12):
        """How many pixels have that colour (0xrrggbb), give or take."""
        hits = -1
        for shift, channel in ((16, 0), (8, 1), (0, 2)):
            wanted = color >> shift & 255
            near = bytes(abs(value - wanted) <= tolerance for value in range(256))
            hits &= int.from_bytes(self.rgb[channel::3].translate(near), "little")
        return hits.bit_count()

    def save(self, path):
        """Writes a PNG."""
        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data +
                    struct.pack(">I", zlib.crc32(kind + data)))
        stride = 3 * self.width
        rows = b"".join(b"\0" + self.rgb[y * stride:(y + 1) * stride] for y in range(self.height))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        with open(path, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                       chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def read_png(path):
    """Reads a PNG of eight bits a channel, with or without alpha, not interlaced."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{path} is no PNG")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    if depth != 8 or color not in (2, 6) or interlaced:
        raise ValueError(f"{path} is a kind of PNG that this reader doesn't know")
    channels = 3 if color == 2 else 4
    pixels = unfilter(zlib.decompress(packed), width * channels, height, channels)
    if channels == 4:
        del pixels[3::4]
    return Picture(width, height, pixels)


def unfilter(data, stride, height, channels):
    """Undoes PNG's line filters (PNG specification, section 9)."""
    pixels, above = bytearray(), bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        kind, line = data[start], bytearray(data[start + 1:start + 1 + stride])
        for i in range(stride if kind else 0):
            left = line[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            line[i] = line[i] + predict(kind, left, above[i], corner) & 255
        pixels += line
        above = line
    return pixels


def predict(kind, left, up, corner):
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


class Display:
    """An Xvfb of one screen, under a display number that nobody else has."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        reader, writer = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
             "-nolisten", "tcp", "-terminate"],  # With its last client, which is at the latest we.
            pass_fds=[writer], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb does not start: " +
                               self.server.communicate()[1].decode(errors="replace").strip())
        self.name = ":" + number
        self.connect(number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.server.terminate()
        self.server.communicate()

    def environment(self):
        """The variables for a program that is to show itself here, and nowhere else.

        It draws on the processor; that it does so in one thread leaves the others to the compiler.
        """
        rest = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "XAUTHORITY")}
        return dict(rest, DISPLAY=self.name, LIBGL_ALWAYS_SOFTWARE="1", LP_NUM_THREADS="0")

    def connect(self, number):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(f"\0/tmp/.X11-unix/X{number}")
        self.connection.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        accepted, size = struct.unpack("<BxxxxxH", self.receive(8))
        setup = self.receive(4 * size)
        if accepted != 1:
            raise RuntimeError(f"the X server {self.name} refuses the connection")
        vendor, formats = struct.unpack_from("<H", setup, 16)[0], setup[21]
        # The first screen follows the vendor's name, padded, and eight bytes a format.
        self.root, = struct.unpack_from("<I", setup, 32 + (vendor + 3) // 4 * 4 + 8 * formats)

    def receive(self, size):
        data = bytearray()
        while len(data) < size:
            part = self.connection.recv(size - len(data))
            if not part:
                raise RuntimeError(f"the X server {self.name} is gone")
            data += part
        return data

    def picture(self):
        """What the screen shows now."""
        get_image, z_pixmap = 73, 2
        self.connection.sendall(struct.pack("<BBHIhhHHI", get_image, z_pixmap, 5, self.root, 0, 0,
                                            self.width, self.height, 0xffffffff))
        reply = self.receive(32)
        if reply[0] != 1:
            raise RuntimeError(f"the X server {self.name} gives no picture")
        bgrx = self.receive(4 * struct.unpack_from("<I", reply, 4)[0])
        rgb = bytearray(3 * self.width * self.height)
        for channel in range(3):
            rgb[channel::3] = bgrx[2 - channel::4]
        return Picture(self.width, self.height, rgb)
