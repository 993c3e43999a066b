"""The words that speak to the reader of a page, and those that announce what somebody said or wrote.

One list for all languages, without those whose first seven letters common words have (see stem_kernel).
A single one of them tells nothing; see furniture_kernel and block_kernel for what does.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once
from dedup.comparison.block_kernel import SAYING
from dedup.comparison.furniture_kernel import ADDRESS, GERMAN, LEGAL, PAGE, SLOTS
from dedup.settings import DEFAULTS
from dedup.sketch import sketch

PAGE_WORDS = """
account ad address ads advertisement advertising app apps article articles blocker bookmark breaking
browser cancel checkbox click comment comments contact continue cookie cookies details donate donation
download email emails enable enter facebook feedback field follow form free headlines inbox instagram
invalid javascript journalism letter letters like link linkedin log login logged mail menu newsletter
newsletters notification notifications offer offers online paywall password photo podcast policy print
privacy provider read readers receive register registered registering registration related request
required scroll search section send settings share sign signup skip sponsored stories story subscribe
subscriber subscribers subscribing subscription submit support tap terms conditions tip tips trial twitter
unlimited unsubscribe update updates username verify video view watch website whatsapp youtube

abonnement abonnieren abonnent anmelden anmeldung anzeige artikel datenschutz datenschutzerklärung
einwilligung kommentar kommentare konto kostenlos lesen mehr passwort
postfach registrieren registrierung schlagzeilen teilen weiterlesen werbung zustimmen zustimmung abonner
abonne abonnez abonnés adresse article compte commentaires confidentialité connexion courriel
gratuit inscription inscrire inscrivez lire lisez offre partager politique publicité recevez
suite suivez aanmelden account gratis inloggen lees lezen meld nieuwsbrief ontvang
privacybeleid reacties voorwaarden wachtwoord advertentie delen boletín comentarios compartir condiciones
correo cuenta inicia iniciar leer lee más noticias privacidad publicidad recibe regístrate
registrarse suscribirse suscríbete suscripción términos usuario abbonamento abbonati accedi
accesso commenti condividi condizioni gratuito iscriviti iscrizione leggi notizie registrati
termini utente assinante assinar assine boletim cadastre cadastro comentários compartilhe
compartilhar conta grátis leia login newsletter notícias privacidade publicidade receba senha termos
annons dela läs nyhetsbrev prenumerera prenumerant lösenord vilkår abonnér nyhedsbrev
annonse annonce les læs logg logget del artykuł czytaj hasło regulamin reklama
subskrypcja udostępnij więcej zaloguj zapisz zarejestruj ciasteczka аккаунт комментарии конфиденциальности
логин новости пароль письма подпишитесь подписка подписывайтесь почта почты реклама
рассылка рассылку регистрация читайте читать abone abonelik bülten çerez çerezler gizlilik hesap
kayıt oku okuyun paylaş reklam şifre üye üyelik اشترك اشتراك النشرة البريد الإلكتروني الخصوصية
سياسة شارك التعليقات حساب كلمة المرور تسجيل الدخول اقرأ المزيد

partners device personalised personalized consent choices partner gerät
partenaires appareil cliquant annunci
consenso scelte socios parceiros anúncios
apparaat gepersonaliseerde toestemming partnerzy urządzeniu spersonalizowane zgoda партнёры
партнеры устройстве enhet anpassade annonser samtycke personuppgifter enhed
tilpassede annoncer samtykke personopplysninger cihazınızda kişiselleştirilmiş kişisel ortağımız ortaklarımız
"""
ADDRESS_WORDS = """
you your yours we our us please here now below thank thanks sie ihr ihre ihren ihrem ihrer du dein deine
deinen wir unser unsere unseren uns bitte hier jetzt vous votre vos nous notre nos ici merci u
uw jij je jouw wij ons onze nu usted ustedes tu tus su sus nosotros nuestro nuestra nuestros nuestras aquí
ahora gracias te voi vostro vostra tuo tua noi nostro nostra nostri nostre qui ora grazie ti você seu sua
seus suas nós nosso nossa nossos aqui agora obrigado din ditt dina dig vi vår våra vores vore här her nå
tack takk tak deg ty twój twoje twoja państwo my nasz nasza nasze nasi tutaj teraz prosimy dziękujemy вы
вас вам ваш ваша ваше ваши мы нас наш наша наши нашу здесь сейчас пожалуйста спасибо siz sizin size biz
bizim buradan şimdi lütfen teşekkürler أنت لك نحن هنا الآن شكرا
"""
LEGAL_WORDS = """
copyright rights reserved rewritten redistributed redistribution republish republished republication
reproduced reproduction published broadcast material permission prohibited consent distributed written
rechte vorbehalten urheberrecht droits réservés interdite derechos reservados prohibida reproducción
diritti riservati riproduzione direitos reprodução rechten voorbehouden rättigheter rettigheter
rettigheder reserverade prawa zastrzeżone права защищены авторские tüm hakları saklıdır جميع الحقوق محفوظة
"""
SAYING_WORDS = """
said says wrote writes stated tweeted posted added declared announced replied told explained statement
letter message memo tweet post telegram communiqué
sagte schrieb erklärte teilte erklärung mitteilung brief dit écrit écrivait déclaré déclarait communiqué
lettre dijo escribió declaró comunicado carta disse scrisse scritto dichiarato comunicato lettera escreveu
declarou zei schreef verklaring skrev sade uttalande uttalelse brev powiedział napisał oświadczenie
сказал написал заявил сообщил заявление сообщение письмо dedi yazdı açıklama قال كتب بيان رسالة
"""

GERMAN_WORDS = "und nicht auf ist"
"""Function words of no other language."""


@cache
def lexicon() -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """The stems of the words, in a table of SLOTS, and what each is; see `furniture_kernel.furniture`."""
    stems, kinds = np.zeros(SLOTS, np.uint32), np.zeros(SLOTS, np.uint8)
    lists = (
        (PAGE_WORDS, PAGE),
        (ADDRESS_WORDS, ADDRESS),
        (LEGAL_WORDS, LEGAL),
        (SAYING_WORDS, SAYING),
        (GERMAN_WORDS, GERMAN),
    )
    for words, kind in lists:
        for stem in each_once(sketch([words], DEFAULTS, keys=False).stem):
            at = int(stem) & (SLOTS - 1)
            while kinds[at] and stems[at] != stem:
                at = (at + 1) & (SLOTS - 1)
            stems[at] = stem
            kinds[at] |= kind
    return stems, kinds
