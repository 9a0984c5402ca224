"""Writes the pictures that the decoding tests read, with Pillow: variants that our own encoders cannot make.

The scene is always the same, 48 x 32: left half red (200, 30, 40), right half blue (20, 60, 190), a green
(10, 180, 60) square of 8 x 8 in the upper left corner that shows the orientation.
"""
import io, os, struct, sys, zlib
from PIL import Image, ImageFilter

W, H = 48, 32
scene = Image.new("RGB", (W, H), (200, 30, 40))
scene.paste((20, 60, 190), (24, 0, 48, 32))
scene.paste((10, 180, 60), (0, 0, 8, 8))
here = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))

def save(name, image, format, **options):
    image.save(os.path.join(here, name), format, **options)

def exif(orientation):
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HH", orientation, 0) + b"\0\0\0\0"

save("baseline.jpg", scene, "JPEG", quality=95, subsampling=0)
save("progressive.jpg", scene, "JPEG", quality=95, progressive=True, subsampling=0)
save("gray.jpg", scene.convert("L"), "JPEG", quality=95)
save("cmyk.jpg", scene.convert("CMYK"), "JPEG", quality=95)
undo = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
        6: Image.ROTATE_90, 7: Image.TRANSVERSE, 8: Image.ROTATE_270}
for o, t in undo.items():
    # stored turned, so that the reader who honours the tag sees the scene upright
    save(f"orientation-{o}.jpg", scene.transpose(t), "JPEG", quality=95, subsampling=0, exif=exif(o))
save("rgb.png", scene, "PNG")
save("gray.png", scene.convert("L"), "PNG")
save("palette.png", scene.quantize(8), "PNG")
p = scene.quantize(8); key = p.getpixel((0, 0))
save("palette-transparent.png", p, "PNG", transparency=key)
rgba = scene.convert("RGBA"); rgba.paste((10, 180, 60, 0), (0, 0, 8, 8)); rgba.paste((20, 60, 190, 128), (24, 0, 48, 32))
save("rgba.png", rgba, "PNG")
save("gray-alpha.png", rgba.convert("LA"), "PNG")
save("lossless.webp", scene, "WEBP", lossless=True)
save("alpha.webp", rgba, "WEBP", lossless=True, exact=True)
save("lossy.webp", scene, "WEBP", quality=95)
save("animated.webp", scene, "WEBP", save_all=True, append_images=[Image.new("RGB", (W, H), (0, 0, 0))], lossless=True)
save("still.gif", scene.quantize(8), "GIF")
save("animated.gif", scene.quantize(8), "GIF", save_all=True, append_images=[Image.new("L", (W, H), 0)])
save("transparent.gif", p, "GIF", transparency=key)

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def png16(color_type, pixel):
    raw = b"".join(b"\0" + b"".join(struct.pack(">%dH" % len(pixel(x, y)), *pixel(x, y)) for x in range(W)) for y in range(H))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 16, color_type, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")

rgb16 = lambda x, y: [v * 257 for v in scene.getpixel((x, y))]
open(os.path.join(here, "rgb16.png"), "wb").write(png16(2, rgb16))
open(os.path.join(here, "rgba16.png"), "wb").write(png16(6, lambda x, y: [v * 257 for v in rgba.getpixel((x, y))]))
gray = scene.convert("L")
open(os.path.join(here, "gray16.png"), "wb").write(png16(0, lambda x, y: [gray.getpixel((x, y)) * 257]))
# a header that claims more than any memory holds
bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
open(os.path.join(here, "bomb.png"), "wb").write(bomb)
# what Pillow makes of a part of a picture with detail in it
detail = Image.new("RGB", (61, 45)); detail.putdata([((x * x * 7 + y * 13) % 256, (x * 5 + y * y * 3) % 256, (x * y) % 256) for y in range(45) for x in range(61)])
detail = detail.filter(ImageFilter.GaussianBlur(1))
save("detail.png", detail, "PNG")
save("detail-shrunk.png", detail.resize((24, 24), Image.BICUBIC, box=(3, 2, 57, 43)), "PNG")
save("detail-grown.png", detail.resize((40, 40), Image.BICUBIC, box=(10, 10, 30, 30)), "PNG")
