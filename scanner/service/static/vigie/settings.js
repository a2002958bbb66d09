// Vigie: rereads a comment while it is typed, underlines what should not stand there, proposes what to write instead.
//
//   <script src="https://vigie.example/vigie.js" defer data-key="vigie_…"></script>
//   <textarea name="note" data-vigie="COMMENTAIRE_GARDIEN"></textarea>   or   <vigie-field name="note" label="Commentaire"></vigie-field>
//
// The service is where this script comes from, or `data-service`. Texts go to its /v1/check and nowhere else; nothing is kept or logged.
// Whatever happens to the service, a form can be sent: only a verdict of the service can hold it back.

const script = document.currentScript ?? document.querySelector('script[src*="vigie.js"]');
const KEY = script?.dataset.key ?? "";
const SERVICE = script?.dataset.service
  ? new URL(script.dataset.service.replace(/\/?$/, "/"), document.baseURI)
  : new URL(".", script?.src ?? location.href);

const TYPING_PAUSE = 400; // milliseconds without a key before a text is sent
const ANSWER_LIMIT = 5000; // milliseconds for an answer while typing
const SAVE_LIMIT = 1500; // milliseconds that saving may wait for an answer
const RETRY_PAUSES = [5000, 15000, 60000]; // milliseconds before a failed check is made again
const REASON_LENGTH = 5; // characters of the shortest reason
const QUOTED_LENGTH = 70; // characters of a passage that the panel quotes

const SELECTOR = "textarea[data-vigie], input[data-vigie]";
const TEXT_TYPES = ["textarea", "text", "search"];
const SECRETS = /password|cc-|one-time/; // values of `autocomplete`: such fields are never sent

const plural = (count, one, many) => `${count} ${count > 1 ? many : one}`;
const typeset = (text) => text.replace(/ ([:;?!»])/g, "\u00a0$1").replace(/« /g, "«\u00a0"); // French: no line begins with these signs
const quoted = (words) => `«\u00a0${words}\u00a0»`;
const REFUSED =
  "Le texte n’a pas été relu\u00a0: cet écran n’a pas accès à la vérification. Vous pouvez enregistrer\u00a0; signalez-le au service informatique.";
const WORDS = {
  idle: "Relu pendant la saisie\u00a0: restez factuel.",
  pending: "Relecture…",
  ok: "Rien à signaler.",
  warn: (count) => `${plural(count, "passage", "passages")} à revoir`,
  block: (count) => `${plural(count, "passage", "passages")} à corriger avant d’enregistrer`,
  kept: "Sera enregistré tel quel.",
  keys: "Alt + flèche bas pour les lire.",
  unavailable: "Le texte n’a pas pu être relu\u00a0: le service de vérification ne répond pas. Vous pouvez enregistrer.",
  401: REFUSED,
  403: REFUSED,
  413: "Le texte n’a pas été relu\u00a0: il est trop long. Vous pouvez enregistrer.",
  422: "Le texte n’a pas été relu\u00a0: il contient des caractères illisibles. Vous pouvez enregistrer.",
  panel: "Passages à revoir",
  instead: "Écrire plutôt\u00a0:",
  remove: "Retirer ces mots",
  full: (count) => `Il manque ${plural(count, "caractère", "caractères")} dans ce champ pour cette formulation.`,
  cannot: "Ce texte ne peut pas être enregistré tel quel.",
  held: "L’enregistrement attend votre choix\u00a0: corriger, ou enregistrer tel quel.",
  why: "Pourquoi l’enregistrer tel quel\u00a0?",
  whyTooShort: "Indiquez le motif en quelques mots.",
  anyway: "Enregistrer quand même",
};
