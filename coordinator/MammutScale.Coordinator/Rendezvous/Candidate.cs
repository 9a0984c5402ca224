namespace MammutScale.Coordinator.Rendezvous;

/// <summary>A worker that is ready to enter the next generation.</summary>
/// <param name="CommittedStep">Steps committed by the state in its memory; null when it holds none.</param>
/// <param name="PreviousRank">Rank in the generation before; -1 without one.</param>
internal readonly record struct Candidate(string WorkerId, string Endpoint, long? CommittedStep, int PreviousRank, DateTimeOffset Since);
