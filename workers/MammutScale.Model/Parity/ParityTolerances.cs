using System.Text.Json;

namespace MammutScale.Model.Parity;

/// <summary>How far results may be from a fixture's.</summary>
internal sealed record ParityTolerances(double Features, double Logits, double Gradients, double Loss, double Steps)
{
    public static ParityTolerances Standard { get; } = new(2e-5, 1e-4, 1e-3, 1e-5, 1e-4);

    public static ParityTolerances Read(JsonElement root)
    {
        if (!root.TryGetProperty("tolerance", out JsonElement t))
            return Standard;
        return new(Get("features_abs", Standard.Features), Get("logits_abs", Standard.Logits), Get("grad_rel", Standard.Gradients),
            Get("loss_abs", Standard.Loss), Get("after3_abs", Standard.Steps));

        double Get(string key, double otherwise) => t.TryGetProperty(key, out JsonElement value) ? value.GetDouble() : otherwise;
    }
}
