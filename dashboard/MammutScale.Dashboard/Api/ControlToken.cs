using System.Security.Cryptography;
using System.Text;
using MammutScale.Dashboard.Configuration;
using Microsoft.AspNetCore.Http;

namespace MammutScale.Dashboard.Api;

/// <summary>Who may command: whoever knows the token. It travels as <c>Authorization: Bearer</c>, never as a cookie, so no other site can send it.</summary>
internal sealed class ControlToken(DashboardOptions options)
{
    private readonly byte[]? _expected = string.IsNullOrEmpty(options.Token) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.Token));

    /// <summary>Without a token nobody may: the dashboard is read-only.</summary>
    public bool Exists => _expected is not null;

    public bool Allows(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        return _expected is not null
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim())), _expected);
    }
}
