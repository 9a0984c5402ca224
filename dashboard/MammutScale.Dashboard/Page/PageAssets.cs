using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MammutScale.Dashboard.Page;

/// <summary>The page, out of the assembly itself.</summary>
internal sealed class PageAssets
{
    private const string Prefix = "page/";
    private readonly FrozenDictionary<string, Asset> _assets;

    public PageAssets()
    {
        var assembly = typeof(PageAssets).Assembly;
        _assets = assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(n => "/" + n[Prefix.Length..], n =>
            {
                using var stream = assembly.GetManifestResourceStream(n)!;
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new Asset(bytes, ContentType(n), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\""));
            });
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // addresses of the page itself: it reads the rest from the path
        foreach (string path in new[] { "/", "/runs", "/runs/{id}", "/runs/{id}/{tab}" })
            routes.MapGet(path, (PageAssets page, HttpContext http) => page.Serve("/index.html", http));
        routes.MapGet("/{**path}", (string path, PageAssets page, HttpContext http) => page.Serve("/" + path, http));
    }

    private IResult Serve(string path, HttpContext http)
    {
        if (!_assets.TryGetValue(path, out var asset))
            return TypedResults.Text($"Nothing is at {http.Request.Path}.", statusCode: StatusCodes.Status404NotFound);
        // names under assets/ carry a hash of their content
        http.Response.Headers.CacheControl = path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(asset.Content, asset.Type, entityTag: asset.Tag);
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        _ => "application/octet-stream",
    };

    private sealed record Asset(byte[] Content, string Type, EntityTagHeaderValue Tag);
}
