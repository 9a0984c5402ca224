namespace MammutScale.Collectives.Operations;

/// <summary>Operations in a world of one: at most a copy.</summary>
internal static unsafe class Alone
{
    public static void Run(Operation operation)
    {
        if (operation.Input.Address != operation.Output.Address)
            Buffer.MemoryCopy((void*)operation.Input.Address, (void*)operation.Output.Address, operation.Output.Bytes, operation.Input.Bytes);
    }
}
