namespace MammutScale.Training.Configuration;

internal static class PathRule
{
    /// <summary>A path against <paramref name="folder"/>; addresses such as az://… and empty texts stay as they are.</summary>
    public static string Absolute(string path, string folder) =>
        path.Length == 0 || path.Contains("://", StringComparison.Ordinal) ? path : Path.GetFullPath(path, folder);
}
