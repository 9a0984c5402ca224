using static TorchSharp.torch;

namespace MammutScale.Model.Text;

/// <summary>Which positions of a padded text are text.</summary>
internal static class TextValidity
{
    /// <summary>
    /// <paramref name="valid"/> where given, else id ≠ pad. A row without any valid position counts its first one, so that no
    /// attention row is empty.
    /// </summary>
    /// <returns>[B, L] bool.</returns>
    public static Tensor Of(Tensor ids, Tensor? valid, long padId)
    {
        Tensor known = valid is null ? ids.ne(padId) : valid.to(@bool);
        Tensor first = known.narrow(1, 0, 1).logical_or(known.any(1, keepdim: true).logical_not());
        return cat([first, known.narrow(1, 1, known.shape[1] - 1)], 1);
    }
}
