using MammutScale.Training.Evaluation;

namespace MammutScale.Training.Events;

/// <summary>Zero-shot retrieval on one evaluation set after a step.</summary>
public sealed record EvaluationResult(long Step, string Name, RetrievalScores Scores);
