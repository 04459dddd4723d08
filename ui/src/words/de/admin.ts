import type { Words } from "../en";

export const admin = (): Words["admin"] => ({
  open: "An die Administration schicken",
  title: "Für deine Duo-Administration",
  lead: "Zwei Anwendungen braucht Thumbturn. Kopiere das und schick es an die Person, die sie anlegen kann.",
  text: `Hallo,

ich möchte Thumbturn benutzen: Bevor ein KI-Agent auf meinem Rechner etwas Riskantes tut, bekommt mein Telefon einen Duo Push, und nur meine Bestätigung lässt ihn weitermachen. Dafür braucht es zwei Anwendungen im Duo Admin Panel.

1. Auth API
   Sie verschickt die Pushes. Ich brauche: API hostname, integration key, secret key.

2. Web SDK
   Damit melde ich mich mit Universal Prompt an, unter unserer Richtlinie. Ich brauche: client ID, client secret. Der API hostname ist derselbe.

Bitte für beide einstellen:
- Erlaubte Gruppen: eine Gruppe, in der nur die Menschen sind, die Thumbturn benutzen. Auch für eine einzelne Person eine eigene Gruppe.
- Self-Service-Portal: aus.
- Eine Richtlinie, die immer einen zweiten Faktor verlangt. Bei gemerkten Geräten, vertrauten Netzen oder Bypass fragt Duo niemanden, und Thumbturn lässt das weder als Anmeldung noch als Bestätigung gelten.
- Duo Push erlaubt. Verified Duo Push geht auch: Der Code steht auf meinem Bildschirm, und ich gebe ihn am Telefon ein.

Bitte auch die Schwelle für das Aussperren ansehen. Sie steht von Haus aus auf 10, und ein unbeantworteter Push zählt als Fehlversuch. Thumbturn hört nach fünf unbeantworteten Pushes nacheinander von selbst auf. Wenn sich Konten von selbst entsperren, etwa nach 15 Minuten, ist die Gefahr kleiner, dass ich überall ausgesperrt bin.

Warum die Schlüssel der Auth API Sorgfalt verdienen: Wer sie hat, kann jedem, der diese Anwendung benutzen darf, einen Push schicken, darüber Benutzer registrieren und jeden Text auf den Push schreiben. Darum gehört die Anwendung auf eine Gruppe beschränkt und zu einem Rechner oder einem Team. Auf meinem Rechner liegen die Schlüssel im Schlüsselbund des Desktops und in keiner Datei.

Bitte schick mir die Schlüssel über einen gemeinsamen Tresor oder einen Einmal-Link, und sag mir auf einem anderen Weg Bescheid. Nicht per Mail, und nicht in einem Chat, der alles aufhebt.

Danke.

Thumbturn arbeitet mit Duo. Es wird weder von Duo noch von Cisco hergestellt, empfohlen oder betreut.
`,
});
