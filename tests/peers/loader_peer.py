"""PyTorch DataLoader with Pillow: the peer of `mammut bench loader`.

  loader_peer.py RECORDS SIZE WORKERS

RECORDS holds JPEG files, each after its length (int32, little endian). Every picture gets a random resized crop of 0.9 to 1
of its area, bicubic, a flip in half of the cases, and CLIP's normalisation: what our loader does. Prints JSON.
"""
import io, json, math, random, struct, sys, time
import numpy, torch
from PIL import Image

records, size, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
mean = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
deviation = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)


class Pictures(torch.utils.data.Dataset):
    def __init__(self, path):
        self.path, self.places = path, []
        with open(path, "rb") as f:
            while True:
                head = f.read(4)
                if not head:
                    break
                n = struct.unpack("<i", head)[0]
                self.places.append((f.tell(), n))
                f.seek(n, 1)
        self.file = None

    def __len__(self):
        return len(self.places)

    def __getitem__(self, i):
        if self.file is None:
            self.file = open(self.path, "rb")
        at, n = self.places[i]
        self.file.seek(at)
        image = Image.open(io.BytesIO(self.file.read(n))).convert("RGB")
        area = random.uniform(0.9, 1.0) * image.width * image.height
        aspect = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w = min(image.width, max(1, round(math.sqrt(area * aspect))))
        h = min(image.height, max(1, round(math.sqrt(area / aspect))))
        x, y = random.randint(0, image.width - w), random.randint(0, image.height - h)
        image = image.resize((size, size), Image.BICUBIC, box=(x, y, x + w, y + h))
        if random.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        pixels = (numpy.asarray(image, dtype=numpy.float32) / 255 - mean) / deviation
        return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


torch.set_num_threads(1)
data = Pictures(records)
loader = torch.utils.data.DataLoader(data, batch_size=128, shuffle=True, num_workers=workers, persistent_workers=True, drop_last=True)
rates = []
for turn in range(4):
    # the first round starts the workers and is not counted
    began, seen = time.perf_counter(), 0
    for batch in loader:
        seen += len(batch)
    if turn:
        rates.append(seen / (time.perf_counter() - began))
print(json.dumps({"samples_per_second": sorted(rates)[1], "samples": len(data)}))
