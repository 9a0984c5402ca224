namespace MammutScale.DataLoader.Decoding;

/// <summary>Why a picture cannot be used.</summary>
public enum DecodeFault
{
    None,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>The bytes are not JPEG, PNG, WebP or GIF: a page of text, an error message.</summary>
    NotAPicture,

    /// <summary>The header is damaged or claims a side of zero.</summary>
    BadHeader,

    /// <summary>The header claims more pixels than the limit.</summary>
    TooLarge,

    /// <summary>The file ends before the picture does.</summary>
    Truncated,

    /// <summary>The pixel data is damaged.</summary>
    Corrupt,
}
