namespace MammutScale.DataLoader.Columns;

/// <summary>The names that people give columns, best guess first; compared without regard to case.</summary>
internal static class PlainNames
{
    /// <summary>Encode formats of img2dataset and video2dataset first: those tools name the column after the format.</summary>
    public static readonly string[] Media =
        ["jpg", "jpeg", "png", "webp", "mp4", "webm", "image", "img", "image_bytes", "img_bytes", "image_data", "picture", "photo", "gif", "video", "video_bytes", "clip", "avi", "mov", "mkv", "media"];

    public static readonly string[] Video = ["mp4", "webm", "video", "video_bytes", "clip", "avi", "mov", "mkv"];

    public static readonly string[] Caption =
        ["caption", "captions", "text", "texts", "txt", "alt_text", "alt", "alttext", "description", "sentence", "sentences", "raw_caption"];

    public static readonly string[] Question = ["question", "questions"];

    public static readonly string[] Answers = ["answers", "answer", "multiple_choice_answer"];

    public static readonly string[] Boxes = ["boxes", "bboxes", "bbox", "box", "bounding_boxes"];

    public static readonly string[] Labels = ["labels", "label", "categories", "category", "classes", "class", "names", "class_names", "category_id"];

    /// <summary>Structs (or lists of structs) that hold an object's box and label.</summary>
    public static readonly string[] Objects = ["objects", "object", "annotations", "instances"];

    public static readonly string[] Key = ["key", "__key__", "uid", "id", "image_id", "video_id", "question_id", "filename", "file_name"];

    public static readonly string[] Status = ["status"];

    public static readonly string[] Width = ["width", "image_width"];

    public static readonly string[] Height = ["height", "image_height"];

    /// <summary>Where media could be downloaded from.</summary>
    public static readonly string[] Address = ["url", "urls", "image_url", "img_url", "video_url", "videourl", "contenturl", "uri", "src", "link"];

    /// <summary>Inside a media struct.</summary>
    public static readonly string[] Bytes = ["bytes", "data", "content"];

    /// <summary>Inside a list of answers that are structs.</summary>
    public static readonly string[] AnswerText = ["answer", "text", "value", "raw_answer"];

    public static bool Matches(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
