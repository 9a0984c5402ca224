namespace MammutScale.Model.Tests;

/// <summary>Torch tests run one after another: they share threads, dispose scopes and the grad mode.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchCollection;
