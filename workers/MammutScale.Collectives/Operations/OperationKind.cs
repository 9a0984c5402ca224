namespace MammutScale.Collectives.Operations;

internal enum OperationKind : byte
{
    AllReduce = 1,
    ReduceScatter,
    AllGather,
    Broadcast,
    Barrier,
}
