using System.Runtime.CompilerServices;
using TorchSharp;

namespace MammutScale.Model.Tests;

/// <summary>Torch tests run one after another: they share threads, dispose scopes and the grad mode.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchCollection
{
    /// <summary>These tensors are tiny, and threads that wait for one another by spinning are slow on a busy machine.</summary>
    [ModuleInitializer]
    internal static void OneThread() => torch.set_num_threads(1);
}
