/** Reviews to begin with, written for this page: each turns on the way. */
export const EXAMPLES = [
  "I used to hate musicals. People burst into song for no reason and I look at my watch. Then my daughter " +
    "dragged me into this one. By the second number I had tears in my eyes, and now I love every minute of it.",
  "The trailer promised a masterpiece, and for an hour I believed it: a wonderful cast, beautiful pictures, " +
    "brilliant music. Then the story falls apart, the jokes become painful, and the ending is the worst I have " +
    "seen this year. What a waste.",
  "Not bad at all. The first hour is slow, the jokes are older than I am, and half of the actors seem lost. " +
    "And yet I left the cinema smiling, called my mother, and told her to see it with me again.",
];
