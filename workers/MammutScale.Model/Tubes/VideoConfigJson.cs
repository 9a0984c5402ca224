using System.Text.Json;
using System.Text.Json.Serialization;

namespace MammutScale.Model.Tubes;

/// <summary>
/// What trained tubes mean, as JSON for weight files: where they lie in a clip and how positions are made; not how they were
/// initialised. Equal texts, equal meaning.
/// </summary>
public static class VideoConfigJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    private sealed record Document(int PatchStride, double Tau, IReadOnlyList<TubeDocument> Tubes);

    private sealed record TubeDocument(int[] Size, int[] Stride, int[] Offset, int[] Joined);

    public static string Write(VideoConfig config) => JsonSerializer.Serialize(
        new Document(config.PatchStride, config.Tau, [.. config.Tubes.Select(t => new TubeDocument(Numbers(t.Size), Numbers(t.Stride), Numbers(t.Offset), Numbers(t.Joined)))]), Options);

    /// <exception cref="ModelConfigException">The text is no such JSON.</exception>
    public static VideoConfig Parse(string text)
    {
        try
        {
            Document document = JsonSerializer.Deserialize<Document>(text, Options) ?? throw new JsonException("it is null");
            return new()
            {
                PatchStride = document.PatchStride,
                Tau = document.Tau,
                Tubes = [.. document.Tubes.Select(t => new Tube(Extent(t.Size), Extent(t.Stride), Extent(t.Offset)) { Joined = Extent(t.Joined) })],
            };
        }
        catch (JsonException e)
        {
            throw new ModelConfigException($"The description of video tubes cannot be read: {e.Message}", e);
        }
    }

    private static int[] Numbers(Extent extent) => [extent.Frames, extent.Rows, extent.Columns];

    private static Extent Extent(int[] numbers) => numbers is [var frames, var rows, var columns]
        ? new(frames, rows, columns)
        : throw new JsonException($"{numbers?.Length ?? 0} numbers where frames, rows and columns are expected");
}
