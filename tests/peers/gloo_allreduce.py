#!/usr/bin/env python3
"""The peer of the all-reduce benchmark: PyTorch's Gloo backend, one process a rank.

usage: gloo_allreduce.py RANK WORLD PORT

Says "ready" on stdout, then answers every line "run gloo BYTES REPETITIONS" on stdin with "ms T T T ...": the time of each
fp32 all-reduce of that many bytes, after one that is not counted and with a barrier before each. Ends at end of input.
"""
import sys
import time

import torch
import torch.distributed as dist


def main() -> None:
    rank, world, port = (int(a) for a in sys.argv[1:4])
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=world)
    print("ready", flush=True)
    for line in sys.stdin:
        _, _, size, repetitions = line.split()
        values = torch.ones(int(size) // 4)
        times = []
        for _ in range(int(repetitions) + 1):
            values.fill_(1.0)
            dist.barrier()
            begin = time.perf_counter()
            dist.all_reduce(values)
            times.append((time.perf_counter() - begin) * 1e3)
        assert float(values[0]) == world and float(values[-1]) == world
        print("ms", *(f"{t:.4f}" for t in times[1:]), flush=True)


if __name__ == "__main__":
    main()
