using MammutScale.Model.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Detection;

/// <summary>What a region shows: a vector to compare with class names, and a better box, the same for every class.</summary>
internal sealed class BoxHead : nn.Module
{
    /// <summary>ln(1 / 0.07).</summary>
    private const double InitialScale = 2.6592600369327783;

    [ComponentName(Name = "fc1")]
    private readonly LinearLayer _first;

    [ComponentName(Name = "fc2")]
    private readonly LinearLayer _second;

    [ComponentName(Name = "embedding")]
    private readonly LinearLayer _embedding;

    [ComponentName(Name = "box")]
    private readonly LinearLayer _box;

    [ComponentName(Name = "background")]
    private readonly Parameter _background;

    [ComponentName(Name = "logit_scale")]
    private readonly Parameter _scale;

    public BoxHead(int inputs, int hidden, int embedding, Placement place) : base(nameof(BoxHead))
    {
        _first = new(inputs, hidden, place);
        _second = new(hidden, hidden, place);
        _embedding = new(hidden, embedding, place);
        _box = new(hidden, 4, place);
        _background = place.Parameter(embedding);
        _scale = place.Parameter();
        RegisterComponents();
        using var gradient = no_grad();
        _scale.fill_(InitialScale);
    }

    /// <summary>Pooled regions [K, C, s, s] and class names [C, E] to logits [K, 1 + C], background first, and box codes [K, 4].</summary>
    public (Tensor Logits, Tensor Codes) Apply(Tensor regions, Tensor names)
    {
        Tensor x = nn.functional.relu(_second.Apply(nn.functional.relu(_first.Apply(regions.flatten(1)))));
        Tensor all = cat([_background.unsqueeze(0), names.to(float32)], 0);
        Tensor cosines = nn.functional.normalize(_embedding.Apply(x), dim: 1).matmul(nn.functional.normalize(all, dim: 1).t());
        return (cosines * _scale.exp(), _box.Apply(x));
    }
}
