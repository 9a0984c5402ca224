using System.Globalization;
using System.Net;
using System.Text;
using MammutScale.DataLoader.Inspection.Previews;

namespace MammutScale.DataLoader.Inspection;

/// <summary>Samples as one HTML page: pictures inside it, no script, nothing loaded from anywhere.</summary>
public static class ContactSheet
{
    private const string Style = """
        :root{color-scheme:light dark}
        body{font:14px/1.45 system-ui,sans-serif;margin:24px;max-width:1400px}
        h1{font-size:20px;margin:0 0 4px}
        p{margin:0 0 20px;opacity:.75}
        ul{list-style:none;margin:0;padding:0;display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(208px,1fr))}
        li{border:1px solid color-mix(in srgb,currentColor 18%,transparent);border-radius:8px;padding:8px;overflow-wrap:anywhere}
        .picture{position:relative;aspect-ratio:1;border-radius:4px;overflow:hidden;background:color-mix(in srgb,currentColor 8%,transparent);display:grid;place-items:center}
        .picture img{width:100%;height:100%;display:block}
        .box{position:absolute;border:2px solid #e8590c;border-radius:2px}
        .box span{position:absolute;left:0;top:0;background:#e8590c;color:#fff;font-size:11px;line-height:1.2;padding:0 3px}
        .text{margin:8px 0 4px;display:-webkit-box;-webkit-line-clamp:6;-webkit-box-orient:vertical;overflow:hidden}
        small{display:block;opacity:.7}
        .fault{color:#c92a2a;opacity:1;font-weight:600}
        """;

    public static string Render(DataInspection inspection, string title)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title><style>{Style}</style><h1>{Text(title)}</h1>")
            .Append(CultureInfo.InvariantCulture, $"<p>{inspection.Samples.Count} of {inspection.Rows:N0} rows in {inspection.Files:N0} files, evenly spread</p><ul>");
        foreach (var sample in inspection.Samples)
            Add(page, sample);
        return page.Append("</ul></html>\n").ToString();
    }

    private static void Add(StringBuilder page, SamplePreview sample)
    {
        page.Append("<li><div class=\"picture\">");
        if (sample.Thumbnail is { } jpeg)
            page.Append(CultureInfo.InvariantCulture, $"<img alt=\"{Text(sample.Text)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
        else
            page.Append(Text(sample.Fault is null ? sample.Media : "no picture"));
        foreach (var (box, label) in sample.Boxes)
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"box\" style=\"left:{box.Left:0.##%};top:{box.Top:0.##%};width:{box.Right - box.Left:0.##%};height:{box.Bottom - box.Top:0.##%}\"><span>{Text(label)}</span></div>");
        page.Append(CultureInfo.InvariantCulture, $"</div><div class=\"text\">{Text(sample.Text)}</div>");
        if (sample.Fault is { } fault)
            page.Append(CultureInfo.InvariantCulture, $"<small class=\"fault\">{Text(fault)}</small>");
        page.Append(CultureInfo.InvariantCulture, $"<small>{Text(sample.Media)}, {sample.MediaBytes:N0} bytes</small>")
            .Append(CultureInfo.InvariantCulture, $"<small>{Text(Path.GetFileName(sample.File))} row {sample.Row}{(sample.Key is null ? "" : $", key {Text(sample.Key)}")}</small></li>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
