namespace MammutScale.DataLoader.Columns;

/// <summary>What a column is for.</summary>
public enum ColumnRole
{
    /// <summary>A name for the row, unique in the data set.</summary>
    Key,

    /// <summary>The bytes of a picture or clip.</summary>
    Media,

    /// <summary>One text, or several to choose from.</summary>
    Caption,
    Question,

    /// <summary>One answer, or what several people answered.</summary>
    Answers,

    /// <summary>Four numbers for each object.</summary>
    Boxes,

    /// <summary>A name for each box.</summary>
    Labels,

    /// <summary>Whether the downloader got the media.</summary>
    Status,
    Width,
    Height,
}

/// <summary>How the four numbers of a box are meant, in pixels.</summary>
public enum BoxFormat
{
    /// <summary>Left, top, width, height (COCO).</summary>
    Xywh,

    /// <summary>Left, top, right, bottom.</summary>
    Xyxy,
}

/// <summary>What a data set can teach.</summary>
public enum DataKind
{
    ImageText,
    VideoText,
    VisualQuestions,
    Detection,

    /// <summary>Media without any text.</summary>
    MediaOnly,

    /// <summary>Addresses and texts, the media still to be downloaded.</summary>
    MetadataOnly,
}

public static class DataKinds
{
    /// <summary>The name in commands and JSON, e.g. <c>image-text</c>.</summary>
    public static string Name(this DataKind kind) => kind switch
    {
        DataKind.ImageText => "image-text",
        DataKind.VideoText => "video-text",
        DataKind.VisualQuestions => "vqa",
        DataKind.Detection => "detection",
        DataKind.MediaOnly => "media-only",
        _ => "metadata-only",
    };
}
