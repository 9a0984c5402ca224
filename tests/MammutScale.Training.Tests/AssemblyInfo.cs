using Xunit.Sdk;
using Xunit.v3;

// torch's thread count, seeds and tensor counters belong to the process
[assembly: Parallelization(Mode = ParallelMode.None)]
