#!/usr/bin/env python3
"""The peer of the scaling benchmark: the same model and step in plain PyTorch, DistributedDataParallel over Gloo.

usage: ddp_step.py RANK WORLD PORT SHAPE_JSON

Says "ready ABOUT" on stdout, then answers every line "run together STEPS" on stdin with "step SECONDS 0": the median time
of a whole optimizer step (one image encoding, both text passes, contrastive loss over gathered features, captioning loss,
backward, clipping, AdamW), after one step that is not counted. Ends at end of input.
"""
import json
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, memory=None, mask=None):
        b, l, w = x.shape
        if memory is None:
            q, k, v = self.qkv(x).chunk(3, -1)
        else:
            q = F.linear(x, self.qkv.weight[:w], self.qkv.bias[:w])
            k, v = F.linear(memory, self.qkv.weight[w:], self.qkv.bias[w:]).chunk(2, -1)
        q, k, v = (t.reshape(b, -1, self.heads, w // self.heads).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-2, -1) * (w // self.heads) ** -0.5
        if mask is not None:
            scores = scores + mask
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, l, w))


class Block(nn.Module):
    def __init__(self, width, heads, cross=False):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.norm_memory = nn.LayerNorm(width) if cross else None
        self.attention = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, memory=None, mask=None):
        if memory is not None:
            memory = self.norm_memory(memory)
        x = x + self.attention(self.norm1(x), memory, mask)
        return x + self.mlp(self.norm2(x))


class Model(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        w, t = s["vision_width"], s["text_width"]
        self.patch = nn.Conv2d(3, w, s["patch"], s["patch"], bias=False)
        self.cls = nn.Parameter(torch.zeros(1, 1, w))
        self.positions = nn.Parameter(torch.randn(1, (s["image"] // s["patch"]) ** 2 + 1, w) * 0.02)
        self.pre, self.post = nn.LayerNorm(w), nn.LayerNorm(w)
        self.vision = nn.ModuleList(Block(w, s["vision_heads"]) for _ in range(s["vision_layers"]))
        self.vision_out = nn.Linear(w, s["embed"], bias=False)
        self.bridge = nn.Linear(w, t, bias=False)
        self.tokens = nn.Embedding(s["vocab"], t)
        self.text_positions = nn.Parameter(torch.randn(1, s["context"], t) * 0.01)
        self.text = nn.ModuleList(Block(t, s["text_heads"]) for _ in range(s["text_layers"]))
        self.cross = nn.ModuleList(Block(t, s["text_heads"], cross=True) for i in range(s["text_layers"]) if i % s["cross_every"] == 0)
        self.final = nn.LayerNorm(t)
        self.head = nn.Linear(t, s["vocab"], bias=False)
        self.scale = nn.Parameter(torch.tensor(2.659))

    def decode(self, ids, memory=None):
        x = self.tokens(ids) + self.text_positions[:, : ids.shape[1]]
        mask = torch.full((ids.shape[1],) * 2, float("-inf")).triu_(1) if memory is not None else None
        for i, block in enumerate(self.text):
            x = block(x, mask=mask)
            if memory is not None and i % self.s["cross_every"] == 0:
                x = self.cross[i // self.s["cross_every"]](x, memory)
        return self.final(x)

    def forward(self, images, ids):
        x = self.patch(images).flatten(2).transpose(1, 2)
        x = self.pre(torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.positions)
        for block in self.vision:
            x = block(x)
        patches = x[:, 1:]
        image = F.normalize(self.vision_out(self.post(patches.mean(1))), dim=-1)
        text = F.normalize(self.decode(ids).mean(1), dim=-1)
        logits = self.head(self.decode(ids[:, :-1], self.bridge(patches)))
        caption = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        return image, text, caption, self.scale.exp()


class Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx, grad):
        grad = grad.contiguous()
        dist.all_reduce(grad)
        return grad.chunk(dist.get_world_size())[dist.get_rank()]


def main() -> None:
    rank, world, port = (int(a) for a in sys.argv[1:4])
    shape = json.loads(sys.argv[4])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    model = DistributedDataParallel(Model(shape))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1)
    b = shape["batch"]
    images = torch.randn(b, 3, shape["image"], shape["image"])
    ids = torch.randint(3, shape["vocab"], (b, shape["context"]))
    labels = torch.arange(b) + rank * b

    def step():
        optimizer.zero_grad(set_to_none=False)
        image, text, caption, scale = model(images, ids)
        all_image, all_text = Gather.apply(image), Gather.apply(text)
        contrast = (F.cross_entropy(scale * image @ all_text.t(), labels) + F.cross_entropy(scale * text @ all_image.t(), labels)) / 2
        (contrast + caption).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    blas = next((w for w in torch.__config__.show().replace(",", " ").split() if w.startswith("BLAS_INFO=")), "BLAS_INFO=?")
    allocator = "jemalloc" if "jemalloc" in os.environ.get("LD_PRELOAD", "") else os.environ.get("GLIBC_TUNABLES", "glibc as it is")
    print(f"ready PyTorch {torch.__version__}, {blas}, allocator: {allocator}", flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line.split()[2]) + 1):
            begin = time.perf_counter()
            step()
            times.append(time.perf_counter() - begin)
        print(f"step {statistics.median(times[1:]):.6f} 0", flush=True)


if __name__ == "__main__":
    main()
