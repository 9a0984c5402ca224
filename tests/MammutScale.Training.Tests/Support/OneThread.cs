using System.Runtime.CompilerServices;

namespace MammutScale.Training.Tests.Support;

internal static class OneThread
{
    /// <summary>Ranks of a test are threads already; more of them only wait for each other.</summary>
    [ModuleInitializer]
    public static void Set() => TorchSharp.torch.set_num_threads(1);
}
