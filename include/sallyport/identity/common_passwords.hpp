// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace sallyport::inline v0 {
namespace identity {

/// Words that passwords are commonly made of, between blanks, in lower case: what people choose first (as every survey of
/// leaked passwords finds again), walks over the keyboard, first names, seasons and months, and what controllers, panels and
/// their services are delivered with. Written down for this library, not copied from any published list, and under its licence.
/// They are stems: `password_policy` looks for them behind digits and signs at either end and behind the usual substitutions,
/// so that `P@ssw0rd2024!` is found under `password`.
inline constexpr std::string_view common_passwords =
    // what people choose first
    " password passwd passwort passwortes kennwort geheim secret secrets topsecret mypassword newpassword oldpassword"
    " yourpassword thepassword nopassword passphrase passcode pass passpass pword motdepasse contrasena contrasenia senha"
    " parola haslo wachtwoord lozinka sifre parole salasana losenord adgangskode heslo letmein letmeinnow openup opensesame"
    " welcome welcomehome willkommen bienvenue bienvenido welkom hello hellohello helloworld hallo hallohallo bonjour hola"
    " changeme changemenow changeit changethis pleasechange pleasechangeme replaceme setme temp temporary tempo temppass"
    " temppassword initial initialpassword default defaultpassword standard standardpassword sample example test tester"
    " testing testtest testuser testpassword testaccount demo demodemo demouser demonstration trial login logmein signin"
    " access accessgranted accessdenied enter entrance open unlock unlocked key master masterkey masterpassword mastermind"
    " iloveyou ilovemylife iloveu iloveme loveyou lovelove lovely loveme love loves lover forever foreverlove always"
    " trustno trustno1 trustme trustnoone whatever whatsup nothing something everything anything blabla blahblah blablabla asdfasdf"
    " qwerty qwert qwertyui qwertyuiop qwertz qwertzui qwertzuiop azerty azertyuiop qwerasdf qweasd qweasdzxc qweasdyxc"
    " qwaszx asdf asdfg asdfgh asdfghjk asdfghjkl zxcv zxcvb zxcvbn zxcvbnm yxcvbn yxcvbnm qazwsx qazwsxedc wsxedc"
    " qazxsw zaqwsx zaqxsw poiuyt poiuytrewq lkjhgfdsa mnbvcxz qwertyqwerty qwertyasdf dvorak wasd wasdwasd"
    " 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsx"
    " zaq1xsw2 1qazxsw2 qaz123wsx 2wsx3edc a1b2c3 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 1a2b3c 1a2b3c4d 1a2b3c4d5e 1a2b3c4d5e6f"
    " abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij abcdefghijkl abcdefghijklm abcabc abcabcabc xyz xyzxyz"
    " aabbcc aaabbbccc aabbccdd abab onetwothree onetwothreefour einszweidrei numberone numbertwo"
    // animals, plants, food, the sky
    " dragon dragons monkey monkeys tiger tigers lion lions eagle eagles falcon falcons hawk phoenix unicorn pony horse"
    " horses stallion mustang bronco wolf wolves wolverine panther jaguar leopard cheetah puma cougar bear bears panda"
    " koala kitty kitten kittens cat cats dog dogs doggie puppy puppies bulldog rabbit bunny hamster squirrel dolphin"
    " dolphins shark sharks whale turtle frog spider scorpion cobra viper python butterfly bumblebee birdie chicken"
    " buster rocky rover max bella charlie buddy bandit bailey molly lucky lucy smokey shadow pepper ginger oscar"
    " banana bananas apple apples orange oranges cherry strawberry peaches lemon pineapple cookie cookies cheese pizza"
    " chocolate coffee espresso cappuccino whisky whiskey vodka tequila beer wine water icecream pancake noodle potato"
    " flower flowers rose roses daisy jasmine lavender orchid tulip sunflower sunshine sunset sunrise moonlight starlight"
    " moon star stars rainbow thunder lightning storm snow snowball snowflake ocean river mountain forest island beach"
    " fire firebird fireball ice iceman earth heaven paradise angel angels devil demon diablo lucifer ghost vampire"
    // seasons, months, days, colours
    " spring summer autumn winter fruehling fruhling sommer herbst wintertime summertime printemps automne hiver"
    " primavera verano otono invierno january february march april may june july august september october november december"
    " januar februar maerz marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout septembre"
    " octobre novembre decembre monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag"
    " freitag samstag sonntag weekend holiday vacation christmas easter halloween birthday happy happiness happybirthday"
    " red blue green yellow black white purple violet pink silver golden gold blackcat bluesky redwine greenday"
    // people, teams, heroes
    " john johnny james robert michael mike william david richard joseph thomas charles christopher daniel matthew anthony"
    " mark donald steven andrew andy joshua kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas"
    " eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank alexander alex patrick jack dennis"
    " jerry tyler aaron jose adam nathan henry peter zachary mary patricia jennifer linda elizabeth barbara susan jessica"
    " sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna michelle carol amanda dorothy melissa deborah"
    " stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole helen samantha"
    " katherine christine debra rachel carolyn janet catherine maria heather diane olivia sophie sophia natalie victoria"
    " klaus juergen jurgen wolfgang stefan andreas juan carlos miguel pedro pierre jean marie giovanni marco francesco ivan"
    " sergey dmitri natasha olga mohammed ahmed fatima wei"
    " superman batman spiderman wonderwoman ironman hulk captain captainamerica avengers starwars skywalker lukeskywalker"
    " darthvader yoda jedi startrek enterprise spock picard matrix neo trinity morpheus gandalf frodo hobbit mordor"
    " harrypotter hogwarts dumbledore pokemon pikachu charizard naruto goku dragonball mario supermario zelda sonic tetris"
    " minecraft fortnite roblox warcraft starcraft counterstrike callofduty halo doom quake assassin ninja samurai pirate"
    " wizard magic magician merlin arthur excalibur knight warrior gladiator spartan viking ranger hunter soldier sniper"
    " football fussball soccer baseball basketball hockey tennis golf racing champion champions winner liverpool"
    " arsenal chelsea manchester manchesterunited barcelona realmadrid juventus bayern bayernmuenchen dortmund schalke"
    " lakers yankees redsox cowboys steelers packers patriots dallas chicago boston newyork london paris berlin"
    " germany deutschland france england america canada australia espana italia polska brasil mexico"
    " princess prince queen king kingkong royal barbie babygirl baby babyboy sweetheart sweetie honey sugar cutie beautiful"
    " gorgeous handsome sexy hottie bigboy badboy badgirl goodboy cowboy playboy gangster killer hacker computer internet"
    " laptop notebook keyboard monitor windows linux ubuntu debian android iphone samsung google facebook youtube instagram"
    " twitter linkedin amazon microsoft adobe oracle cisco dell lenovo intel nvidia"
    " metallica nirvana slipknot ironmaiden beatles eminem blink guitar piano music musician rockstar rocknroll jordan"
    " porsche ferrari mercedes bmw audi volkswagen corvette camaro toyota honda nissan harley davidson yamaha kawasaki"
    " freedom liberty peace justice victory money dollar million millionaire business company office manager boss"
    " family mother father mommy daddy brother sister grandma grandpa friend friends friendship bestfriend"
    " jesus jesuschrist christ godisgood blessed blessing faith hope grace amen"
    // what devices and their services are delivered with
    " admin admins administrator administrador administrateur adm sysadmin systemadmin webadmin wwwadmin superadmin"
    " localadmin netadmin siteadmin useradmin adminadmin adminpass adminpassword adminpasswd root rootroot rootpass"
    " rootpassword toor superuser super supervisor sysop system systems systempassword sys user users username userpass"
    " userpassword useruser guest guestguest anonymous nobody public private community operator operators operation"
    " engineer engineers engineering engineeringstation commissioner commissioning maintenance maintain maintainer wartung"
    " instandhaltung service services serviceuser servicepassword servicetechnician technician tech technik techniker"
    " support supporter helpdesk installer install setup config configure configuration management"
    " viewer observer datachanger dataviewer security securityadmin securityengineer auditor backup"
    " backupuser replicator database mysql postgres postgresql sqlserver mssql sa dbadmin tomcat jboss weblogic"
    " jenkins docker kubernetes ansible vagrant raspberry raspberrypi arduino pi alarm alarms factory factorydefault"
    " factoryreset reset production produktion plant plantfloor machine machines maschine anlage schaltschrank line robot"
    " robots robotics automation automatisierung automatic automate controller control controls plc sps hmi scada panel"
    " touchpanel panelpc gateway router switch switches firewall modem wifi wlan wireless network netzwerk ethernet fieldbus"
    " profinet profibus modbus ethercat canopen opcua opc mqtt bacnet knx dali iolink sensor actuator valve pump motor drive"
    " inverter conveyor turbine boiler compressor generator substation transformer waterworks powerplant energy"
    " siemens simatic tiaportal wincc beckhoff twincat wago codesys phoenixcontact plcnext pcworx rockwell allenbradley"
    " controllogix schneider schneiderelectric modicon unity omron mitsubishi melsec keyence fanuc kuka abb bosch rexroth"
    " boschrexroth festo pilz sick turck ifm balluff endress emerson deltav honeywell yokogawa hitachi toshiba delta"
    " advantech moxa hirschmann weintek proface redlion ignition iconics aveva wonderware intouch citect zenon copadata"
    " sallyport sesame backdoor calvin alpine ubnt enable netgear linksys dlink tplink"
    " zyxel huawei fritzbox speedport easybox vizxv xmhdipc juantech hikvision dahua axis vivotek smcadmin ";

}  // namespace identity
}  // namespace sallyport::inline v0
