using Xunit.Sdk;
using Xunit.v3;

// every test starts a cluster of processes: one at a time on two cores
[assembly: Parallelization(Mode = ParallelMode.None)]
